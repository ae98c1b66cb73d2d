/// How the page of a map looks and answers the pointer.
enum MapScript {
    static let style = """

        .plot { margin: .8rem 0; }
        .plot svg {
          --k: 1; display: block; width: 100%; height: auto; max-height: 92vh; touch-action: manipulation;
          border: 1px solid var(--line); border-radius: .4rem;
        }
        .plot text { fill: var(--ink); stroke: var(--page); unicode-bidi: plaintext; }
        .plot .marks { stroke: var(--page); }
        .plot .mark { transform: scale(calc(var(--s) * var(--k))); }
        .plot .ring { fill: none; stroke: var(--ink); stroke-width: calc(2px * var(--k)); pointer-events: none; }
        .plot .js .ring { display: inline; }
        .plot .js text { font-size: calc(var(--f) * var(--t)); stroke-width: calc(var(--f) / 4 * var(--t)); display: inline; }
        .plot .js text.out { display: none; }
        .plot .some .marks g:not(.on) { opacity: .1; }
        .plot .some text:not(.on) { display: none; }
        .plot .some text.on { display: inline; }
        .legend { display: flex; flex-wrap: wrap; gap: .3rem; margin: .5rem 0; padding: 0; list-style: none; }
        .legend.long { max-height: 13rem; overflow-y: auto; }
        .legend button {
          display: flex; align-items: center; gap: .4rem; max-width: 100%; padding: .25rem .6rem .25rem .35rem;
          font: inherit; font-size: .9rem; text-align: left; color: var(--ink); background: var(--card);
          border: 1px solid var(--line); border-radius: 1rem; cursor: pointer;
        }
        .legend button[aria-pressed=true] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); }
        .legend svg { flex: none; width: 1.1rem; height: 1.1rem; }
        .legend small { color: var(--quiet); font-variant-numeric: tabular-nums; }
        .find { display: none; margin: .5rem 0; }
        .find input {
          font: inherit; width: min(22rem, 100%); padding: .35rem .6rem; color: var(--ink); background: var(--page);
          border: 1px solid var(--quiet); border-radius: .4rem;
        }
        .find.js { display: block; }
        #tip {
          position: fixed; z-index: 1; left: 0; top: 0; width: max-content; max-width: min(17rem, 80vw); margin: 0;
          padding: .5rem; pointer-events: none; font-size: .85rem; line-height: 1.3;
          box-shadow: 0 .1rem .6rem rgb(0 0 0 / .35);
        }
        #tip[hidden] { display: none; }
        #tip img {
          display: block; width: 10rem; height: 10rem; object-fit: contain; background: var(--mat); padding: .25rem;
          margin: 0 auto .35rem;
        }
        #tip .tiny { image-rendering: pixelated; }
        #tip p { margin: 0; }
        @media (prefers-color-scheme: dark) { \(MapSign.darkStyle) }
        @media (max-width: 40rem) { .plot svg { --k: 1.6; } }
        @media print {
          \(MapSign.lightStyle)
          .plot svg { max-height: 15cm; }
          .find.js, #tip, .screen, .legend.endless { display: none; }
          .legend.long { max-height: none; overflow: visible; }
          .plot .js text { font-size: calc(var(--f) * .9); stroke-width: 3px; }
          .legend button { border: 0; padding: 0 .6rem 0 0; }
        }
        """

    /// Shows the picture of the mark that is nearest to the pointer, brings a class out of the others, and keeps labels legible and
    /// apart on any screen.
    static let script = PageScript(
        """
        (function () {
          'use strict';
          const byId = id => document.getElementById(id);
          const svg = document.querySelector('.plot svg'), tip = byId('tip'), find = byId('find');
          const data = JSON.parse(byId('data').textContent);
          const marks = Array.from(svg.querySelectorAll('use'));
          const places = marks.map(m => [+m.getAttribute('x'), +m.getAttribute('y')]);
          const classes = marks.map(m => +m.parentNode.dataset.k);
          const labels = Array.from(svg.querySelectorAll('text'));
          const middles = labels.map(t => [+t.getAttribute('x'), +t.getAttribute('y')]);
          const parts = Array.from(svg.querySelectorAll('[data-k]'));
          const buttons = Array.from(document.querySelectorAll('.legend button'));
          const names = buttons.map(b => b.querySelector('bdi').textContent.toLowerCase());
          const ring = svg.querySelector('.ring');
          let found = null, pinned = null, pointed = null;

          function arrange() {
            const box = svg.getScreenCTM();
            if (!box || !box.a) return;
            const k = Math.min(3, Math.max(0.8, 1 / box.a)), m = marks.length > 300 ? Math.sqrt(k) : k;
            svg.style.setProperty('--t', k > 1.5 ? k * 0.86 : k);
            svg.style.setProperty('--k', m);
            ring.setAttribute('r', 10 * m);
            const taken = [], view = svg.viewBox.baseVal, gap = +svg.dataset.spacing;
            const within = (value, least, most) => Math.max(least, Math.min(most, value));
            labels.forEach((label, i) => {
              label.classList.remove('out');
              label.setAttribute('x', middles[i][0]);
              label.setAttribute('y', middles[i][1]);
              let b = label.getBBox();
              const x = within(middles[i][0], b.width / 2 + 6, view.width - b.width / 2 - 6);
              const y = middles[i][1] + within(b.y, 4, view.height - b.height - 4) - b.y;
              if (x !== middles[i][0] || y !== middles[i][1]) {
                label.setAttribute('x', x);
                label.setAttribute('y', y);
                b = label.getBBox();
              }
              const meets = taken.some(o => b.x - gap < o.x + o.width && o.x - gap < b.x + b.width
                && b.y - gap + 2 < o.y + o.height && o.y - gap + 2 < b.y + b.height);
              if (meets) label.classList.add('out'); else taken.push(b);
            });
          }

          function show() {
            const some = pointed !== null ? new Set([pointed]) : pinned !== null ? new Set([pinned]) : found;
            svg.classList.toggle('some', some !== null);
            parts.forEach(p => p.classList.toggle('on', some !== null && some.has(+p.dataset.k)));
            buttons.forEach(b => b.setAttribute('aria-pressed', +b.dataset.k === pinned));
          }

          function hide() { tip.hidden = true; ring.style.display = 'none'; }

          function look(event) {
            const box = svg.getScreenCTM(), point = new DOMPoint(event.clientX, event.clientY).matrixTransform(box.inverse());
            const reach = (event.pointerType === 'mouse' ? 16 : 28) / box.a;
            let best = -1, least = reach * reach;
            places.forEach((p, i) => {
              const square = (p[0] - point.x) ** 2 + (p[1] - point.y) ** 2;
              if (square < least && (!svg.classList.contains('some') || marks[i].parentNode.classList.contains('on'))) {
                best = i;
                least = square;
              }
            });
            if (best < 0) return hide();
            const own = places[best];
            const others = places.filter(p => p[0] === own[0] && p[1] === own[1]).length - 1;
            const image = tip.querySelector('img');
            let source = data.pictures[best];
            if (source && source[0] === '#') source = byId(source.slice(1)).src;
            image.hidden = !source;
            image.style.display = source ? '' : 'none';
            if (source) image.src = source; else image.removeAttribute('src');
            image.className = data.tiny.includes(best) ? 'tiny' : '';
            tip.querySelector('strong').textContent = data.labels[classes[best]];
            tip.querySelector('small').textContent = data.names[best]
              + (others > 0 ? ' (and ' + others + ' more at this very place)' : '');
            tip.hidden = false;
            ring.style.display = '';
            ring.setAttribute('cx', own[0]);
            ring.setAttribute('cy', own[1]);
            const wide = tip.offsetWidth, high = tip.offsetHeight;
            const left = event.clientX + 16 + wide < innerWidth ? event.clientX + 16 : event.clientX - 16 - wide;
            const top = event.clientY + 16 + high < innerHeight ? event.clientY + 16 : event.clientY - 16 - high;
            tip.style.left = Math.max(4, left) + 'px';
            tip.style.top = Math.max(4, top) + 'px';
          }

          buttons.forEach(b => {
            const k = +b.dataset.k;
            b.addEventListener('pointerenter', e => { if (e.pointerType === 'mouse') { pointed = k; show(); } });
            b.addEventListener('pointerleave', () => { pointed = null; show(); });
            b.addEventListener('click', () => { pinned = pinned === k ? null : k; pointed = null; hide(); show(); });
          });
          svg.addEventListener('pointermove', look);
          svg.addEventListener('pointerdown', look);
          svg.addEventListener('pointerleave', e => { if (e.pointerType === 'mouse') hide(); });
          addEventListener('scroll', hide, { passive: true });
          addEventListener('keydown', e => { if (e.key === 'Escape') { pinned = null; hide(); show(); } });
          addEventListener('resize', arrange);
          if (find) {
            find.parentNode.parentNode.classList.add('js');
            find.addEventListener('input', () => {
              const words = find.value.trim().toLowerCase();
              found = words ? new Set() : null;
              buttons.forEach((b, i) => {
                const fits = names[i].includes(words);
                b.parentNode.hidden = !fits;
                if (words && fits) found.add(+b.dataset.k);
              });
              pinned = null;
              show();
            });
          }
          svg.classList.add('js');
          hide();
          arrange();
        })();
        """)
}
