import { theme } from '../report/page/client.js';
import { formula } from '../report/page/formula.js';
import { type Html, html, raw } from '../report/page/html.js';
import { style } from '../report/page/style.js';
import { bounds } from '../theory/bounds/index.js';
import { targetKinds } from '../theory/problem/target.js';
import { strategyByName, strategyNames } from '../theory/search/strategies/index.js';
import { type Control, controls, type Group, MOST_LAYERS } from './controls.js';
import { DEFAULTS, OWN_BOUND } from './state.js';

/** What a choice offers: the value, and what a reader sees. */
type Choices = Readonly<Record<NonNullable<Control['choice']>, readonly (readonly [string, string])[]>>;

const choices: Choices = {
  strategies: strategyNames.map((name) => [name, name]),
  bounds: [
    [OWN_BOUND, 'corrected, or resampled for sums'],
    ...bounds.map(({ name }) => [name, name] as const),
  ],
  targets: [...targetKinds.map((kind) => [kind, kind] as const), ['weight', 'one weight']],
};

const titles: Readonly<Record<Group, string>> = {
  promise: 'The promise',
  weights: 'The random weights',
  width: 'The random network',
  trials: 'The simulation',
};

/** The page before anything is computed: every field and every place for a result, so that nothing moves later. Made once, by the build. */
export function renderPage(): string {
  return `<!doctype html>\n${
    html`<html lang="en" class="loading">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Explore the width theorem</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
<noscript><style>.loading main { visibility: visible; }</style></noscript>
</head>
<body>
<div class="wrap">
<header>
<button type="button" class="theme">Theme</button>
<h1>Explore the width theorem</h1>
<p>A wide network of random weights holds, before any training, a subnetwork that computes nearly what a given target network computes.
How wide must it be? Choose the target’s shape, the error ε and the failure δ that are allowed, and how many samples R each random weight may be
drawn from. Everything is computed here in your browser, from the same sources as the command line.</p>
<p class="examples">Try ${examples()}.</p>
<noscript><p class="error">This page computes with JavaScript, which is switched off.</p></noscript>
</header>
<main class="explorer" id="main">
<p id="headline" class="headline" aria-live="polite">Computing.</p>
${curve()}${form()}${simulation()}${allBounds()}</main>
<footer>Made by <code>iterand</code>. The proofs are in docs/theory.md and docs/theory-width.md, and <code>npx iterand verify</code> decides the paper’s
claims one by one. <a href="../index.html">All reports</a>.</footer>
</div>
<script>${raw(theme)}</script>
<script type="module" src="./main.ts"></script>
</body>
</html>
`.markup
  }`;
}

function examples(): Html {
  const links: readonly (readonly [string, string])[] = [
    [
      'widths=1,1&epsilon=0.1&delta=0.01&resamplings=1&bound=lemma-4.2&target=weight&weight=1&trials=100000',
      'one weight without re-sampling, where Lemma 4.2 holds',
    ],
    [
      'widths=1,1&epsilon=0.1&delta=0.01&resamplings=2&bound=proposition-4.3&target=weight&weight=1&trials=100000',
      'one weight with R\u00a0=\u00a02, where the paper’s construction breaks its promise',
    ],
    ['widths=784,300,100,10&epsilon=0.1&delta=0.01&resamplings=1000&bound=corrected', 'a network for MNIST'],
  ];
  return html`${links.map(([hash, text], k) => html`${k === 0 ? '' : k === links.length - 1 ? ', or ' : ', '}<a href="#${hash}">${text}</a>`)}`;
}

function curve(): Html {
  return html`<section class="curve" aria-labelledby="curve-title">
<h2 id="curve-title">Failure against width</h2>
<p id="curve-text">The line is the exact probability that the search finds no good subnetwork, against the number D<sub>1</sub> of neurons in the first hidden
layer; all layers grow together. The circle is the width chosen, the dashed line δ: below it the promise is kept. Vertical lines are widths
that bounds ask for. Green is what the trials gave, with its interval.</p>
<div id="curve" class="chart tall"></div>
<p id="curve-note" class="note"></p>
<details><summary>The curve as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="The curve as a table"><table>
<thead><tr><th scope="col">D<sub>1</sub></th><th scope="col">Failure</th></tr></thead><tbody id="curve-rows"></tbody></table></div></details>
</section>
`;
}

function form(): Html {
  return html`<form class="fields" id="form" aria-label="What is computed" autocomplete="off">
<fieldset><legend>The target</legend>
<div class="field">
<label for="layers">l, its layers</label>
<input type="range" id="layers" min="1" max="${MOST_LAYERS}" step="1">
<output for="layers" id="layers-text"></output>
</div>
<div id="widths" role="group" aria-label="Widths d_0 to d_l"></div>
<p class="hint" id="widths-hint">d<sub>0</sub> inputs, then the outputs of each layer.</p>
<p class="error" id="widths-error" role="alert"></p>
</fieldset>
${(Object.keys(titles) as Group[]).map(
  (group) => html`<fieldset><legend>${titles[group]}</legend>
${controls.filter((control) => control.group === group).map(field)}</fieldset>
`,
)}<p class="share"><button type="button" id="copy">Copy a link to this state</button> <span id="copied" role="status"></span></p>
<p class="error" id="link-error" role="alert"></p>
</form>
`;
}

function field({ field: id, label, hint, steps, choice, examples: offered }: Control): Html {
  const described = `aria-describedby="${id}-hint ${id}-error"`;
  const value = DEFAULTS[id];
  const input =
    choice === undefined
      ? html`<input type="text" id="${id}" value="${value}" inputmode="${steps === undefined ? 'text' : 'decimal'}" spellcheck="false" ${raw(described)}${raw(offered === undefined ? '' : ` list="${id}-list"`)}>`
      : html`<select id="${id}" ${raw(described)}>${choices[choice].map(([name, text]) => html`<option value="${name}"${raw(name === value ? ' selected' : '')}>${text}</option>`)}</select>`;
  return html`<div class="field${steps === undefined ? ' wide' : ''}">
<label for="${id}">${label}</label>
${input}
${steps === undefined ? raw('') : html`<input type="range" id="${id}-slider" aria-label="${label}, slider" min="0" max="${steps.length - 1}" step="1">\n`}${
  offered === undefined
    ? raw('')
    : html`<datalist id="${id}-list">${offered.map((text) => html`<option value="${text}"></option>`)}</datalist>\n`
}<p class="hint" id="${id}-hint">${hint}</p>
${id === 'strategy' ? about() : raw('')}<p class="error" id="${id}-error" role="alert"></p>
</div>
`;
}

/** What each strategy does. */
function about(): Html {
  return html`<dl class="hint">${strategyNames.map((name) => html`<dt>${name}</dt><dd>${formula(strategyByName(name).about.replaceAll('+-', '±'))}.</dd>`)}</dl>
`;
}

function simulation(): Html {
  return html`<section class="simulation" aria-labelledby="simulation-title">
<h2 id="simulation-title">Try it out</h2>
<p>Random networks of the width chosen are drawn and searched, in a thread of their own. The interval holds the true rate but for one time in a thousand,
once the trials are through: while they run it is a preview.</p>
<p class="run"><button type="button" id="simulate">Run the trials</button>
<progress id="progress" max="1" value="0" aria-label="Trials done"></progress></p>
<p id="trials-text" class="result" aria-live="off">No trials yet.</p>
<p id="trials-verdict" class="result" role="status"></p>
<p class="source">The same numbers on the command line: <code id="command"></code></p>
</section>
`;
}

function allBounds(): Html {
  return html`<section class="bounds" aria-labelledby="bounds-title">
<h2 id="bounds-title">What each bound asks for</h2>
<p>The width D<sub>1</sub> of the first hidden layer that each bound asks for: <span class="key paper">the paper’s</span>, <span class="key ours">those proved
here</span>, and <span class="key order">orders of growth without re-sampling</span> from earlier work. Below the <span class="key lower">triangles</span> no
subnetwork keeps the promise for some target. The scale is logarithmic.</p>
<div id="bounds" class="chart"></div>
<p id="floor" class="note"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Widths by each bound"><table class="widths">
<thead><tr><th scope="col">Bound</th><th scope="col">Hidden widths D<sub>1</sub>, …, D<sub>l</sub></th><th scope="col">What it is</th></tr></thead>
<tbody id="bounds-rows"></tbody></table></div>
</section>
`;
}
