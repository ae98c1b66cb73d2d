extension IndexReport {
    /// How its parts look, beside what all pages have.
    static let style =
        ShareChart.style + """

            nav { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .8rem 0; font-size: .9rem; }
            a { color: var(--share); }
            .picture.missing { font-size: .7rem; }
            .sheet { display: grid; gap: .5rem; margin: .5rem 0; padding: 0; list-style: none; }
            .sheet li { display: grid; grid-template-columns: 11rem 1fr; gap: .8rem; align-items: center; }
            .sheet p { margin: 0; }
            .film { display: grid; grid-template-columns: repeat(auto-fill, 4.2rem); gap: .3rem; align-items: center; }
            .measures, .byclass { width: 100%; max-width: 60rem; }
            .measures .bars, .byclass .bars { width: 34%; }
            .measures small { color: var(--quiet); }
            .sides { display: flex; flex-wrap: wrap; gap: .5rem 3rem; }
            .sides > div { max-width: 100%; }
            .sides h3 { margin-top: .3rem; }
            .matrix td, .matrix th { padding: .2rem .35rem; }
            .matrix td { min-width: 1.9rem; text-align: center; border: 1px solid var(--line); print-color-adjust: exact;
              font-variant-numeric: tabular-nums; }
            .matrix th { text-align: center; font-weight: 400; }
            .matrix th:first-child {
              position: sticky; left: 0; min-width: 6rem; max-width: 13rem; text-align: left; background: var(--page);
            }
            .matrix th small { color: var(--quiet); }
            .mistakes {
              display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: .5rem; margin: .5rem 0;
              padding: 0; list-style: none;
            }
            .mistakes li {
              display: grid; grid-template-columns: 4.6rem minmax(0, 1fr); gap: .4rem .6rem; align-items: start; align-content: start;
              padding: .5rem; font-size: .85rem; line-height: 1.3;
            }
            .mistakes .bare { grid-template-columns: minmax(0, 1fr); }
            .mistakes li p { margin: 0; }
            .mistakes small { color: var(--quiet); }
            @media (max-width: 40rem) {
              .sheet li { grid-template-columns: minmax(0, 1fr); gap: .2rem; }
              .film { grid-template-columns: repeat(auto-fill, minmax(3.6rem, 1fr)); }
              .measures tr, .byclass tr {
                display: grid; grid-template-columns: 5.5rem 4rem 1fr; gap: 0 .5rem; padding: .3rem 0;
                border-bottom: 1px solid var(--line);
              }
              .byclass tr { grid-template-columns: 5.5rem 1fr; }
              .measures tr:first-child, .byclass tr:first-child { display: none; }
              .measures td, .byclass td { width: auto; border: 0; padding: 0; text-align: left; }
              .measures td:first-child, .byclass td:first-child, .byclass td:last-child { grid-column: 1 / -1; }
              .measures .bars, .byclass .bars { width: auto; }
              .byclass td:last-child:not(:empty)::before { content: "taken for "; color: var(--quiet); }
              .matrix th:first-child { min-width: 5rem; max-width: 7.5rem; }
            }
            @media print {
              .charts { grid-template-columns: 1fr 1fr 1fr; }
              .mistakes { grid-template-columns: 1fr 1fr 1fr; }
              .sheet li, .mistakes li, .charts figure, .plot { break-inside: avoid; }
              .film { grid-template-columns: repeat(auto-fill, 3.4rem); }
              .matrix th:first-child { position: static; }
              a { color: inherit; text-decoration: none; }
            }
            """
}
