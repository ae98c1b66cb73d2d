import Foundation

/// How a page of answers answers the hand: a screen of them at a time, ordered and chosen as its reader wants them.
enum AnswerScript {
    /// The document in two parts: what `AnswerList` writes belongs between them.
    static func document(title: String, body: String) -> (before: String, after: String) {
        // Nobody's text can have it: every angle bracket in one is escaped.
        let place = "<!--answers-->"
        let whole = AkinReporting.document(
            title: title, body: "\(body)\n\(place)", moreStyle: AnswerStyle.text, script: script)
        guard let mark = whole.range(of: place) else { return (whole, "") }
        return (String(whole[..<mark.lowerBound]), String(whole[mark.upperBound...]))
    }

    /// So many answers are printed at most: a hundred sheets of paper.
    static let mostPrinted = 1200

    private static let script = PageScript(
        """
        (function () {
          'use strict';
          const byId = id => document.getElementById(id);
          function parts(name) {
            const found = [];
            for (let k = 0, one; (one = byId(name + '-' + k)); k++) found.push(one);
            return found;
          }
          const about = JSON.parse(byId('about').textContent), labels = about.labels, items = [], all = [];
          for (const part of parts('answers')) {
            const block = JSON.parse(part.textContent);
            for (const one of block.items) items.push(one);
            for (const one of block.answers) all.push(one);
          }
          const list = byId('replies'), form = byId('choice'), shown = byId('shown');
          const pagers = Array.from(document.querySelectorAll('.pager'));
          const perPage = 48, mostPrinted = \(mostPrinted);

          const blocks = parts('pictures'), opened = [], inline = new Map();
          for (const image of list.querySelectorAll('img')) {
            const mark = image.parentNode.classList.contains('tiny') ? '~' : '';
            inline.set(+image.dataset.p, mark + image.getAttribute('src'));
          }
          function address(p) {
            if (inline.has(p)) return inline.get(p);
            const k = Math.floor(p / about.perBlock);
            if (!opened[k]) opened[k] = blocks[k].textContent.split('\\n');
            return opened[k][p % about.perBlock];
          }

          function make(tag, kind, ...content) {
            const element = document.createElement(tag);
            if (kind) element.className = kind;
            element.append(...content);
            return element;
          }
          const text = words => make('bdi', '', words);
          function path(whole) {
            const cut = whole.lastIndexOf('/', whole.lastIndexOf('/') - 1) + 1;
            return make('bdi', '', make('span', 'dir', whole.slice(0, cut)), whole.slice(cut));
          }
          function frame(p, path, otherwise) {
            const box = make('div', 'picture');
            box.title = path;
            if (!(p >= 0)) {
              box.classList.add('missing');
              box.append(otherwise || (p === -2 ? 'left out' : 'missing'));
              return box;
            }
            const line = address(p), isTiny = line[0] === '~', image = make('img');
            if (isTiny) box.classList.add('tiny');
            image.alt = path;
            image.src = isTiny ? line.slice(1) : line;
            box.append(image);
            return box;
          }
          function mark(isRight) { return make('span', isRight ? 'right' : 'wrong', isRight ? '\\u2713' : '\\u2717'); }
          function neighbour(one, k, i) {
            const item = items[k];
            const line = make('p', '', text(labels[item.label]), ' ', make('small', '', one.distances[i]));
            if (one.real !== undefined) line.prepend(mark(item.label === one.real), ' ');
            return make('li', '', frame(item.picture, item.path), line);
          }
          function reply(one) {
            const head = make('p', '', make('strong', '', text(one.name)), ' ', make('span', '', one.share || ''));
            const said = make('div', 'said', head);
            if (one.right === true) said.append(make('p', 'right', '\\u2713 right'));
            if (one.right === false)
              said.append(make('p', 'wrong', '\\u2717 wrong, real class ', make('strong', '', text(labels[one.real]))));
            if (one.remarks) said.append(make('p', 'quiet', '(' + one.remarks + ')'));
            said.append(make('p', 'quiet', path(one.input)));
            const isRead = one.verdict !== 'not read';
            return make('li', 'reply ' + (isRead ? one.verdict : 'unread'),
              frame(one.picture, one.input, one.picture === undefined ? (isRead ? 'no picture' : 'not read') : ''), said,
              make('ol', 'near', ...one.near.map((k, i) => neighbour(one, k, i))));
          }

          const kinds = [
            ['all', () => true], ['known', o => o.verdict === 'known'], ['ambiguous', o => o.verdict === 'ambiguous'],
            ['unknown', o => o.verdict === 'unknown'], ['not read', o => o.verdict === 'not read'],
            ['to look at first', o => o.doubtful], ['right', o => o.right === true], ['wrong', o => o.right === false],
          ].filter((kind, k) => k === 0 || (all.some(kind[1]) && !all.every(kind[1])));
          const byInput = (a, b) => a.input < b.input ? -1 : a.input > b.input ? 1 : 0;
          const orders = [
            ['as asked', null], ['least sure first', (a, b) => a.sure - b.sure], ['surest first', (a, b) => b.sure - a.sure],
            ['by path', byInput],
          ];
          const counts = new Map(), sure = new Map();
          for (const one of all)
            for (const k of one.labels) {
              counts.set(k, (counts.get(k) || 0) + 1);
              if (one.verdict === 'known') sure.set(k, (sure.get(k) || 0) + 1);
            }
          function howMany(k) {
            const n = counts.get(k), known = sure.get(k) || 0;
            return known === n ? ' (' + n + ')' : ' (' + known + ', with guesses ' + n + ')';
          }
          const classes = Array.from(counts.keys()).sort((a, b) => labels[a] < labels[b] ? -1 : labels[a] > labels[b] ? 1 : 0);

          function choice(title, options, chosen) {
            const select = make('select');
            options.forEach((option, k) => {
              const one = make('option', '', option[0]);
              one.value = option[1];
              one.selected = k === chosen;
              select.append(one);
            });
            select.addEventListener('change', () => { page = 0; choose(); });
            form.append(make('label', '', title + ' ', select));
            return select;
          }
          let page = 0, chosen = all;
          const ofClass = choice('Answer', [['all', '-1']].concat(classes.map(k => [labels[k] + howMany(k), k])), 0);
          const ofKind = choice('Verdict', kinds.map((kind, k) => [kind[0] + ' (' + all.filter(kind[1]).length + ')', k]), 0);
          const inOrder = choice('Order', orders.map((order, k) => [order[0], k]), about.leastSureFirst ? 1 : 0);

          function choose() {
            const label = +ofClass.value, kind = kinds[+ofKind.value], order = orders[+inOrder.value];
            chosen = all.filter(one => kind[1](one) && (label < 0 || one.labels.includes(label)));
            if (order[1]) chosen = chosen.slice().sort(order[1]);
            show();
          }
          function told(first, end, note) {
            const words = [];
            if (+ofClass.value >= 0) words.push(labels[+ofClass.value]);
            if (+ofKind.value > 0) words.push(kinds[+ofKind.value][0]);
            words.push(orders[+inOrder.value][0]);
            const n = chosen.length, some = end - first < n ? 'answers ' + (first + 1) + ' to ' + end + ' of ' + n
                + (n < all.length ? ' chosen among ' + all.length : '')
              : n < all.length ? n + ' of ' + all.length + ' answers' : n === 1 ? '1 answer' : 'all ' + n + ' answers';
            shown.textContent = some + ': ' + words.join(', ') + (note || '');
          }
          function fill(first, end) {
            list.replaceChildren(...chosen.slice(first, end).map(reply));
          }
          function show() {
            const pages = Math.max(1, Math.ceil(chosen.length / perPage)), first = page * perPage;
            const end = Math.min(chosen.length, first + perPage);
            fill(first, end);
            told(first, end);
            for (const pager of pagers) {
              pager.hidden = pages < 2;
              pager.querySelector('span').textContent = 'page ' + (page + 1) + ' of ' + pages;
              const buttons = pager.querySelectorAll('button');
              buttons[0].disabled = buttons[1].disabled = page === 0;
              buttons[2].disabled = buttons[3].disabled = page === pages - 1;
            }
          }
          function turn(to) {
            page = Math.min(Math.max(0, to()), Math.ceil(chosen.length / perPage) - 1);
            show();
            shown.focus({preventScroll: true});
            byId('answers').scrollIntoView();
          }
          function button(title, to) {
            const one = make('button', '', title);
            one.type = 'button';
            one.addEventListener('click', () => turn(to));
            return one;
          }
          pagers.forEach((pager, k) => {
            pager.setAttribute('aria-label', k ? 'pages, below' : 'pages');
            pager.append(button('First', () => 0), button('Previous', () => page - 1), make('span'),
              button('Next', () => page + 1), button('Last', () => Infinity));
          });
          window.addEventListener('beforeprint', () => {
            const end = Math.min(chosen.length, mostPrinted);
            fill(0, end);
            told(0, end, chosen.length > end ? '; no more than ' + mostPrinted + ' are printed, choose some to print others' : '');
          });
          window.addEventListener('afterprint', show);
          for (const plain of document.querySelectorAll('.plain')) plain.remove();
          shown.tabIndex = -1;
          form.hidden = all.length < 2;
          choose();
        })();
        """)
}
