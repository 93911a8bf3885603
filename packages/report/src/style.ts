/** The page's style sheet. Blue and vermilion keep apart for colour-blind readers, in both themes. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfcfa; --card: #ffffff; --ink: #1c1f24; --muted: #656b75; --rule: #e4e2dc;
  --challenger: #1b63a8; --challenger-soft: #e3eef9; --harm: #b3440f; --harm-soft: #fbeae0; --held: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171c; --card: #1a1e25; --ink: #e7e8ea; --muted: #9ba3af; --rule: #2e343d;
    --challenger: #7db8f2; --challenger-soft: #1d3044; --harm: #f49a6b; --harm-soft: #40271b; --held: #dcb25c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 1080px; padding: 40px 32px 72px;
  background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, .verdict { font-family: Charter, 'Iowan Old Style', 'Palatino Linotype', Georgia, 'Liberation Serif', serif; }
h1 { margin: 0; font-size: 15px; font-weight: 600; font-family: inherit; color: var(--muted); letter-spacing: .01em; }
h2 { margin: 56px 0 4px; padding-top: 14px; border-top: 2px solid var(--ink); font-size: 25px; line-height: 1.25; font-weight: 600; }
h3 { margin: 30px 0 6px; font-size: 16px; line-height: 1.3; }
h4 { margin: 0 0 2px; font-size: 14px; display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
p { margin: 8px 0; max-width: 46em; }
a { color: var(--challenger); text-underline-offset: 2px; }
.about { color: var(--muted); margin: 2px 0 0; }
.verdict { margin: 26px 0 22px; max-width: 27em; font-size: 31px; line-height: 1.25; font-weight: 600; text-wrap: pretty; }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0; margin: 0 0 22px; padding: 0; border-block: 1px solid var(--rule); }
.tiles > div { padding: 14px 18px 12px; border-left: 1px solid var(--rule); display: flex; flex-direction: column; }
.tiles > div:first-child { border-left: 0; padding-left: 0; }
.tiles dt { color: var(--muted); font-size: 13px; line-height: 1.35; order: 2; }
.tiles dd { margin: 0; font-size: 27px; line-height: 1.3; font-weight: 600; letter-spacing: -.01em; white-space: nowrap; }
.lead p { margin: 6px 0; max-width: 52em; }
.lead strong { font-weight: 600; }
.look { color: var(--muted); margin-top: 18px; }
.note, figcaption { color: var(--muted); font-size: 13.5px; line-height: 1.5; max-width: 58em; }
.empty { color: var(--muted); font-style: italic; }
.none { color: var(--muted); font-style: italic; }
.nowrap, .move { white-space: nowrap; }
.move.roll-back, .move.outside { color: var(--harm); }
.rule { color: var(--muted); }
.rule::after { content: ' ·'; }
small { color: var(--muted); font-size: 12px; display: inline-block; min-width: 3.9em; }
table { width: 100%; margin: 16px 0 10px; border-collapse: collapse; font-size: 14px; line-height: 1.4; }
table.small { width: auto; min-width: 50%; }
caption { text-align: left; color: var(--muted); font-size: 13.5px; padding: 0 0 6px; }
th, td { padding: 7px 14px 7px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
tr > :last-child { padding-right: 0; }
thead th { color: var(--muted); font-size: 12.5px; line-height: 1.3; font-weight: 500; vertical-align: bottom; border-bottom-color: var(--muted); }
tbody th { font-weight: 600; }
.sum tbody th { white-space: nowrap; }
.sum tbody tr:last-child > * { border-top: 1px solid var(--muted); font-weight: 600; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.prose { min-width: 12em; }
.reason + .reason::before { content: ''; display: block; }
.badge { display: inline-block; padding: 0 8px; border: 1px solid var(--muted); border-radius: 9px; font-size: 12.5px; line-height: 18px; font-weight: 500; white-space: nowrap; }
.badge.exceeds { color: var(--paper); background: var(--challenger); border-color: var(--challenger); }
.badge.meets { color: var(--challenger); background: var(--challenger-soft); border-color: var(--challenger); }
.badge.harms { color: var(--paper); background: var(--harm); border-color: var(--harm); }
.badge.inconclusive, .badge.not_assessable { color: var(--muted); }
.badge.not_assessable { border-style: dashed; }
figure { margin: 30px 0 0; }
figure h3 { margin: 0 0 4px; }
figcaption { margin-top: 4px; }
.key { list-style: none; margin: 0 0 4px; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px; color: var(--muted); }
.key svg { vertical-align: -1px; }
.plot { display: block; overflow: visible; width: 100%; height: auto; max-width: 100%; }
.plot text { white-space: pre; }
.narrow { display: none; }
.narrow .plot { max-width: 460px; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 22px 28px; margin: 12px 0 6px; }
.panels.few { grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); }
.panel .plot { max-width: 430px; }
.held { margin: 10px 0 0; font-size: 13.5px; display: grid; grid-template-columns: auto 1fr; gap: 2px 10px; }
.held dt { color: var(--held); font-weight: 600; white-space: nowrap; }
.held dd, .facts dd { margin: 0; }
.facts { display: grid; grid-template-columns: minmax(9em, auto) 1fr; gap: 6px 20px; margin: 8px 0 18px; }
.facts dt { color: var(--muted); }
.facts ol { margin: 0; padding-left: 1.4em; }
button.meaning { all: unset; position: relative; cursor: help; text-decoration: underline dotted var(--muted) 1px; text-underline-offset: 3px; }
button.meaning:focus-visible { outline: 2px solid var(--challenger); outline-offset: 3px; border-radius: 3px; }
.meaning .tip { display: none; position: absolute; z-index: 5; left: 0; top: calc(100% + 7px); width: max-content; max-width: min(280px, 78vw); padding: 8px 11px; background: var(--ink); color: var(--paper); border-radius: 5px; font: 400 13px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; letter-spacing: 0; text-align: left; white-space: normal; }
.meaning:hover .tip, .meaning:focus-visible .tip { display: block; }
.number .meaning .tip { left: auto; right: 0; }
details { margin: 16px 0; }
summary { cursor: pointer; font-weight: 600; }
footer { margin-top: 56px; padding-top: 12px; border-top: 1px solid var(--rule); color: var(--muted); font-size: 13px; }
@media (max-width: 760px) {
  body { padding: 22px 16px 48px; }
  .verdict { font-size: 24px; margin: 18px 0; }
  h2 { margin-top: 44px; font-size: 22px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles > div { padding: 10px 12px; }
  .tiles > div:nth-child(odd) { border-left: 0; padding-left: 0; }
  .tiles > div:nth-child(n + 3) { border-top: 1px solid var(--rule); }
  .tiles dd { font-size: 22px; }
  .wide { display: none; }
  .narrow { display: block; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 10px; }
  table, table.small { width: 100%; }
  table, caption, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { padding: 8px 0; border-bottom: 1px solid var(--rule); }
  tbody tr:first-child { border-top: 1px solid var(--muted); }
  tbody th, td { border: 0; padding: 2px 0; text-align: left; }
  tbody th.text { font-size: 15px; }
  td { display: flex; justify-content: space-between; gap: 16px; }
  td::before { content: attr(data-label); color: var(--muted); flex: none; max-width: 45%; }
  td > span { text-align: right; min-width: 0; }
  td:has(> span:empty) { display: none; }
  .sum tbody tr:last-child > * { border-top: 0; }
  td.prose { display: block; }
  td.prose::before { display: none; }
  td.prose > span { text-align: left; }
  td.number { white-space: normal; }
  small { min-width: 0; }
}
@media print {
  :root { --paper: #fff; --card: #fff; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2, h3, h4, caption { break-after: avoid; }
  figure, tr, .panel, .tiles { break-inside: avoid; }
  .badge { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  a { color: inherit; text-decoration: none; }
}
`;
