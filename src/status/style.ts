// The style sheet of the status page: system fonts, two colour schemes, and no colour without its word.

/** What is served as /status.css. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9;
  --card: #ffffff;
  --ink: #1b2330;
  --quiet: #5a6577;
  --line: #dfe3ea;
  --head: #f0f2f6;
  --link: #1f58b4;
  --good: #17663a;
  --good-ground: #e3f4ea;
  --warn: #7a4b00;
  --warn-ground: #fdf1d8;
  --bad: #a3211b;
  --bad-ground: #fdeae8;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10141b;
    --card: #181e28;
    --ink: #e4e9f1;
    --quiet: #9aa7ba;
    --line: #2b3442;
    --head: #1f2733;
    --link: #8ab4f8;
    --good: #7fd6a2;
    --good-ground: #143022;
    --warn: #f0c36d;
    --warn-ground: #35290f;
    --bad: #ff9d94;
    --bad-ground: #3d1b1a;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { scroll-padding-top: 4.5rem; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 0.875rem/1.5 var(--sans);
  font-variant-numeric: tabular-nums;
}
h1, h2, p, ul, dl, dd { margin: 0; padding: 0; }
h1 { font-size: 1rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 0.9375rem; font-weight: 650; margin-bottom: 0.5rem; scroll-margin-top: 4.5rem; }
a { color: var(--link); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
.skip { position: absolute; left: 1rem; top: -4rem; z-index: 3; padding: 0.5rem 0.75rem; background: var(--card); }
.skip:focus { top: 0.5rem; }
header { position: sticky; top: 0; z-index: 2; background: var(--card); border-bottom: 1px solid var(--line); }
.bar, main, footer { max-width: 82rem; margin: 0 auto; padding: 0 1.25rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 1.25rem; min-height: 3.25rem; padding-block: 0.5rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; }
nav a { color: var(--quiet); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; }
.live { display: flex; align-items: center; gap: 0.75rem; margin-left: auto; color: var(--quiet); }
.live p::before { content: ''; display: inline-block; width: 0.5rem; height: 0.5rem; margin-right: 0.4rem; border-radius: 50%; background: var(--quiet); }
[data-live='live'] .live p::before { background: var(--good); }
[data-live='lost'] .live p { color: var(--bad); }
[data-live='lost'] .live p::before { background: var(--bad); }
button, input[type='search'] {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet);
  border-radius: 6px; padding: 0.1875rem 0.625rem;
}
button { color: var(--ink); min-width: 5.25rem; cursor: pointer; }
button:hover { background: var(--head); }
main { display: grid; gap: 1.75rem; padding-block: 1.5rem; }
main > *, .pair > * { min-width: 0; }
.notices { display: grid; gap: 0.5rem; list-style: none; }
.notices li { padding: 0.5rem 0.875rem; border: 1px solid var(--warn); border-radius: 8px; background: var(--warn-ground); color: var(--warn); overflow-wrap: anywhere; }
.notices span { display: inline-block; }
.notices span::first-letter { text-transform: uppercase; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1px; border: 1px solid var(--line); border-radius: 10px; overflow: hidden; background: var(--card); }
.tiles > div { padding: 0.75rem 1rem; box-shadow: 0 0 0 1px var(--line); }
.tiles dt { color: var(--quiet); font-size: 0.8125rem; }
.tiles dd { font-size: 1.3125rem; font-weight: 600; line-height: 1.35; letter-spacing: -0.01em; white-space: nowrap; }
.scroll { max-height: 32rem; overflow: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.empty + .scroll { display: none; }
.empty[hidden] + .scroll { display: block; }
.empty { padding: 0.75rem 1rem; border: 1px dashed var(--line); border-radius: 10px; color: var(--quiet); }
table { width: 100%; border-collapse: separate; border-spacing: 0; }
th, td { padding: 0.375rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--head); color: var(--quiet); font-size: 0.8125rem; font-weight: 600; }
.number { text-align: right; }
td.prose { min-width: 12rem; white-space: normal; overflow-wrap: anywhere; }
tbody th { font-weight: 600; }
tbody .row, tbody .code { font-family: var(--mono); font-size: 0.8125rem; unicode-bidi: isolate; }
tbody tr:hover > * { background: var(--head); }
[data-is='0'] { color: var(--quiet); }
.quiet { color: var(--quiet); font-weight: 400; }
[data-is='ready'], [data-is='fresh'], [data-is='success'] { color: var(--good); }
[data-is='not_ready'], [data-is='waiting'], [data-is='failing'], [data-is='stale'], [data-is='report'], [data-is='would_deny'] { color: var(--warn); }
[data-is='expired'], [data-is='failed'], [data-is='deny'] { color: var(--bad); }
[data-is='null'], [data-is='enforce'] { color: var(--quiet); }
.state span { padding: 0.125rem 0.625rem; border-radius: 999px; font-weight: 600; }
.state [data-is='ready'] { background: var(--good-ground); }
.state [data-is='not_ready'] { background: var(--warn-ground); }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; margin-bottom: 0.625rem; color: var(--quiet); }
.tools label:last-of-type { display: inline-flex; align-items: center; gap: 0.375rem; }
.tools input[type='search'] { color: var(--ink); width: 16rem; max-width: 100%; }
.tools input::placeholder { color: var(--quiet); opacity: 1; }
.lines > div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; padding: 0.3125rem 0; border-bottom: 1px solid var(--line); }
.lines > div:last-child { border-bottom: 0; }
.lines dt { color: var(--quiet); }
.lines dd { overflow-wrap: anywhere; min-width: 0; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1.25rem 1.5rem; }
.pair section { padding: 0.875rem 1rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
main > .lines { margin-top: -1.25rem; }
main > .lines > div { justify-content: flex-start; }
main > .lines dt { min-width: 11rem; }
footer { padding-bottom: 2rem; color: var(--quiet); }
@media (max-width: 40rem) { header { position: static; } .live { margin-left: 0; } }
@media (forced-colors: active) { .state span { border: 1px solid; } }
`
