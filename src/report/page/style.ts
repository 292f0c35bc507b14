/** The pages' style sheet; figures take their colours from its variables. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#fdfdfb, #15171a);
  --ink: light-dark(#1c1e21, #e4e4df);
  --muted: light-dark(#5c6067, #a0a4ab);
  --rule: light-dark(#dddcd6, #33373d);
  --grid: light-dark(#e9e8e3, #282b30);
  --link: light-dark(#0b5cad, #7db8f0);
  --paper: light-dark(#c8501e, #f08a55);
  --paper-area: light-dark(rgb(200 80 30 / 14%), rgb(240 138 85 / 16%));
  --corrected: light-dark(#1766b0, #63aef0);
  --exact: light-dark(#1c1e21, #e4e4df);
  --simulated: light-dark(#14806a, #4cc7a9);
  --existence: light-dark(#14806a, #4cc7a9);
  --w05: light-dark(#6a4fb8, #b39df0);
  --w1: light-dark(#2f1a6e, #e6dcff);
  --heat-0: light-dark(#565e69, #98a1ad);
  --heat-1: light-dark(#858c95, #707882);
  --heat-2: light-dark(#b1b6bb, #4c525a);
  --heat-3: light-dark(#d7d9da, #30353b);
  --heat-4: light-dark(#f5f5f2, #1c1f23);
  --good: light-dark(#14703f, #63cf95);
  --bad: light-dark(#b3261e, #ff8d80);
  --open: light-dark(#82600a, #e4bd55);
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  --serif: Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
}
:root[data-theme='light'] { color-scheme: light; }
:root[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.55 var(--serif); }
.wrap { max-width: 1080px; margin: 0 auto; padding: 0 24px 64px; }
p, h1, h2, .findings, figcaption { max-width: 42em; }
header { padding-top: 40px; position: relative; }
h1 { font-size: 32px; line-height: 1.2; margin: 0 64px 8px 0; font-weight: 600; letter-spacing: -0.01em; }
h2 { font-size: 23px; line-height: 1.3; margin: 0 0 6px; font-weight: 600; }
h3 { font: 600 14px/1.4 var(--sans); margin: 0 0 2px; }
.subtitle { color: var(--muted); margin: 36px 0 20px; }
.answer { font-size: 19px; line-height: 1.5; margin: 0; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px; }
i, em { font-style: italic; }
sub, sup { line-height: 0; }
code { font: 0.84em var(--mono); overflow-wrap: anywhere; }
.theme { position: absolute; right: 0; top: 40px; font: 13px var(--sans); color: var(--muted); background: none;
  border: 1px solid var(--rule); border-radius: 6px; padding: 6px 10px; cursor: pointer; }
.theme:hover, .theme:focus-visible { color: var(--ink); border-color: var(--muted); }
.findings { margin: 0; padding: 0; list-style: none; }
.findings li { padding: 10px 0 10px 0; border-top: 1px solid var(--rule); }
.findings a { color: inherit; text-decoration-color: var(--muted); }
.findings li:last-child { border-bottom: 1px solid var(--rule); }
nav { font: 14px/1.9 var(--sans); margin: 18px 0 0; display: flex; flex-wrap: wrap; gap: 0 20px; }
section { margin-top: 56px; }
section.lead { margin-top: 18px; }
.lead figcaption { margin: 8px 0 0; }
figure { margin: 0; }
figcaption { margin-bottom: 14px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font: 13px/1.5 var(--sans); margin: 0 0 10px; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 8px; }
.legend svg { flex: none; }
.panels { display: grid; gap: 18px 28px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
.panels.one { grid-template-columns: minmax(0, 1fr); }
.panel { min-width: 0; }
.plot { height: 330px; }
.missing { font: 14px/1.5 var(--sans); color: var(--muted); border: 1px dashed var(--rule); border-radius: 6px; padding: 12px 16px; }
.source { font: 13px/1.6 var(--sans); color: var(--muted); margin: 10px 0 0; max-width: none; }
details { margin-top: 6px; font: 14px/1.5 var(--sans); }
summary { cursor: pointer; color: var(--muted); }
.scroll { overflow-x: auto; margin-top: 8px; }
table { border-collapse: collapse; font: 14px/1.45 var(--sans); font-variant-numeric: tabular-nums; }
table caption { text-align: left; color: var(--muted); padding-bottom: 6px; }
th, td { text-align: left; vertical-align: top; padding: 6px 18px 6px 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
thead th { font-weight: 600; border-bottom-color: var(--muted); vertical-align: bottom; }
details table { font-size: 13px; }
details th, details td { white-space: nowrap; }
.verdict { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.open { color: var(--open); }
.claims { width: 100%; }
.claims th, .claims td { padding: 14px 24px 14px 0; }
.claims .part th { font: 600 18px/1.4 var(--serif); padding: 30px 0 6px; }
.claims .statement { font: 17px/1.5 var(--serif); margin: 0 0 4px; max-width: 38em; }
.claims .reason { margin: 0 0 4px; max-width: 46em; }
.claims .how { display: block; color: var(--muted); font-size: 13px; }
.claims td:last-child { padding-right: 0; width: 38%; }
.claims dl { margin: 0; }
.claims dt { color: var(--muted); font-size: 13px; }
.claims dd { margin: 0 0 6px; overflow-wrap: anywhere; }
footer { margin-top: 56px; border-top: 1px solid var(--rule); padding-top: 14px; font: 13px/1.6 var(--sans); color: var(--muted); }
@media (max-width: 640px) {
  body { font-size: 16px; }
  .wrap { padding: 0 16px 48px; }
  header { padding-top: 24px; }
  .theme { top: 24px; }
  h1 { font-size: 25px; }
  h2 { font-size: 20px; }
  section { margin-top: 44px; }
  .answer { font-size: 16px; }
  .lead .legend { gap: 2px 14px; font-size: 12px; }
  .lead .panels { gap: 8px; }
  .lead .plot { height: 226px; }
  .plot { height: 290px; }
  .claims, .claims tbody, .claims tr, .claims th, .claims td { display: block; width: auto; }
  .claims thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .claims tr { border-bottom: 1px solid var(--rule); padding: 12px 0; }
  .claims th, .claims td, .claims td:last-child { border: 0; padding: 2px 0; width: auto; }
}
@media print {
  .theme, nav { display: none; }
  section { break-inside: avoid; }
}
`;
