/** Turns the theme by its button, and says so to the page by the event `themechange`. Plain JavaScript for the browser. */
export const theme = `
(() => {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
  const button = document.querySelector('.theme');
  const change = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', 'Switch to the ' + button.textContent.toLowerCase() + ' theme');
    dispatchEvent(new Event('themechange'));
  };
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    change();
  });
  dark.addEventListener('change', change);
  change();
})();
`;

/**
 * The pages' script: draws every figure with Plotly in the theme's colours, again when the theme changes; without
 * Plotly it says so and opens the tables. Plain JavaScript for the browser.
 */
export const client = `
(() => {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.hidden = true;
  const colour = (name) => {
    probe.style.color = 'var(--' + name + ')';
    return getComputedStyle(probe).color;
  };
  const themed = (value) => {
    if (typeof value === 'string') return value[0] === '$' ? colour(value.slice(1)) : value;
    if (Array.isArray(value)) return value.map(themed);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, themed(v)]));
  };
  const plots = [...document.querySelectorAll('.plot')];
  const draw = () => {
    for (const plot of plots) {
      const { data, layout } = themed(JSON.parse(plot.nextElementSibling.textContent));
      Plotly.react(plot, data, layout, { responsive: true, displayModeBar: false });
    }
  };
  if (window.Plotly) {
    draw();
    addEventListener('themechange', draw);
  } else {
    for (const note of document.querySelectorAll('.missing')) note.hidden = false;
    for (const plot of plots) plot.remove();
    for (const details of document.querySelectorAll('details')) details.open = true;
  }
})();
`;
