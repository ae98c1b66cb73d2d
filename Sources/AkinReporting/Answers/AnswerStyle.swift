/// How answers look on a page, beside what all pages have.
enum AnswerStyle {
    static let text = """

        #choice { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; margin: 1rem 0 .6rem; }
        #choice[hidden], .pager[hidden] { display: none; }
        #choice label { display: flex; align-items: center; gap: .4rem; max-width: 100%; min-width: 0; }
        #choice select, .pager button {
          font: inherit; min-height: 2.4rem; padding: .2rem .6rem; color: var(--ink); background: var(--card);
          border: 1px solid var(--quiet); border-radius: .4rem;
        }
        #choice select { min-width: 0; max-width: min(22rem, 100%); text-overflow: ellipsis; }
        .pager { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .6rem 0; }
        .pager span { padding: 0 .4rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
        .pager button:not(:disabled) { cursor: pointer; }
        .pager button:disabled { color: var(--quiet); border-color: var(--line); }
        :focus-visible { outline: 2px solid var(--share); outline-offset: 2px; }
        #replies, .near { margin: .6rem 0; padding: 0; list-style: none; }
        #replies { display: grid; gap: .5rem; }
        .reply {
          display: grid; grid-template-columns: 7rem minmax(0, 1fr) minmax(0, 33rem); gap: .4rem 1rem; align-items: start;
          padding: .6rem; background: var(--card); border: 1px solid var(--line); border-left-width: .25rem;
          border-radius: .4rem;
        }
        .reply.unknown, .reply.ambiguous { border-left-color: var(--share); }
        .reply.unread { border-left-color: var(--wrong); }
        .said p { margin: 0 0 .2rem; }
        .said p:first-child { font-size: 1.1rem; }
        .said p:first-child span { white-space: nowrap; font-variant-numeric: tabular-nums; }
        .said .quiet { font-size: .85rem; }
        .near { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .5rem; margin: 0; }
        .near p { margin: .2rem 0 0; font-size: .85rem; line-height: 1.25; }
        .near small { color: var(--quiet); font-variant-numeric: tabular-nums; }
        .near .picture { padding: .2rem; }
        .reply .missing { font-size: .75rem; }
        footer h2 { margin-top: 2rem; }
        code { font-size: .9em; }
        @media (max-width: 56rem) {
          .reply { grid-template-columns: 6rem minmax(0, 1fr) minmax(0, 24rem); }
          .near p { font-size: .75rem; }
        }
        @media (max-width: 40rem) {
          .reply { grid-template-columns: 5.5rem minmax(0, 1fr); }
          .near { grid-column: 1 / -1; gap: .3rem; }
          #choice label { width: 100%; justify-content: space-between; }
          #choice select { width: 70%; }
          .pager { gap: .3rem; }
          .pager button { padding: .2rem .45rem; }
          .pager span { padding: 0 .1rem; }
        }
        @media print {
          @page { size: portrait; }
          .screen { display: none !important; }
          #answers:has(.reply:nth-child(7)) { break-before: page; }
          #shown { margin: 0 0 .1cm; font-size: .8rem; line-height: .4cm; }
          #replies { display: block; margin: 0; }
          .reply {
            grid-template-columns: 1.7cm minmax(0, 1fr) 11.4cm; gap: 0 .3cm; align-content: center; height: 2.02cm; margin: 0;
            padding: .08cm 0; overflow: hidden; border: 0; border-top: 1px solid var(--line); border-radius: 0; break-inside: avoid;
          }
          .reply:nth-child(12n):not(:last-child) { break-after: page; }
          .reply .picture { padding: 0; }
          .said { max-height: 1.8cm; overflow: hidden; }
          .dir { display: none; }
          .said p { margin: 0; font-size: 8pt; line-height: 1.2; }
          .said p:first-child { font-size: 9.5pt; }
          .said .quiet { font-size: 7pt; }
          .near { grid-column: auto; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .15cm; }
          .near li:nth-child(n+6) { display: none; }
          .near .picture { height: 1.02cm; aspect-ratio: auto; }
          .near p { margin: .04cm 0 0; font-size: 6.5pt; line-height: 1.15; }
          .near p bdi {
            display: -webkit-inline-box; max-width: 100%; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
            vertical-align: top;
          }
          .near p:has(span) bdi { max-width: 84%; }
          .near small { display: block; }
          footer { break-inside: avoid; }
        }
        """
}
