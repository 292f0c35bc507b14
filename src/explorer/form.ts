import { controls, MOST_LAYERS, widthSteps } from './controls.js';
import { element, text } from './dom.js';
import { type Field, fields, type State } from './state.js';
import { nearestStep, type Steps } from './steps.js';

/** The page's fields: texts and choices, with sliders that follow them and lead them. */
export class Form {
  constructor(private readonly changed: () => void) {
    for (const { field, steps } of controls) {
      element(field).addEventListener('input', () => this.#follow(field));
      if (steps !== undefined) this.#lead(field, steps);
    }
    element<HTMLInputElement>('layers').addEventListener('input', ({ target }) =>
      this.#setLayers(Number((target as HTMLInputElement).value)),
    );
    element('form').addEventListener('submit', (event) => event.preventDefault());
  }

  get state(): State {
    const read = (field: Field) =>
      field === 'widths' ? this.#widths().join() : element<HTMLInputElement>(field).value;
    return Object.fromEntries(fields.map((field) => [field, read(field)])) as State;
  }

  set state(state: State) {
    this.#showWidths(state.widths.split(','));
    for (const { field, choice } of controls) {
      const input = element<HTMLInputElement | HTMLSelectElement>(field);
      // What a link asks for and the page does not know is shown as it is, with its error.
      if (
        choice !== undefined &&
        ![...(input as HTMLSelectElement).options].some(({ value }) => value === state[field])
      )
        (input as HTMLSelectElement).add(new Option(state[field], state[field]));
      input.value = state[field];
      this.#placeSlider(field);
    }
    this.#enable();
  }

  /** Shows messages at their fields, and takes away all others. */
  complain(complaints: ReadonlyMap<Field, string>): void {
    for (const field of fields) {
      const message = complaints.get(field) ?? '';
      text(`${field}-error`, message);
      const inputs = field === 'widths' ? this.#inputs() : [element(field)];
      for (const input of inputs)
        if (message === '') input.removeAttribute('aria-invalid');
        else input.setAttribute('aria-invalid', 'true');
    }
  }

  #follow(field: Field): void {
    this.#placeSlider(field);
    this.#enable();
    this.changed();
  }

  #lead(field: Field, steps: Steps): void {
    const slider = element<HTMLInputElement>(`${field}-slider`);
    slider.addEventListener('input', () => {
      element<HTMLInputElement>(field).value = String(steps[Number(slider.value)]);
      slider.setAttribute('aria-valuetext', element<HTMLInputElement>(field).value);
      this.changed();
    });
  }

  #placeSlider(field: Field): void {
    const steps = controls.find((control) => control.field === field)?.steps;
    if (steps !== undefined)
      placeSlider(element(`${field}-slider`), steps, element<HTMLInputElement>(field).value);
  }

  /** w is used for one target alone. */
  #enable(): void {
    const used = element<HTMLSelectElement>('target').value === 'weight';
    for (const id of ['weight', 'weight-slider']) element<HTMLInputElement>(id).disabled = !used;
  }

  #inputs(): HTMLInputElement[] {
    return [...element('widths').querySelectorAll<HTMLInputElement>('input[type=text]')];
  }

  #widths(): string[] {
    return this.#inputs().map(({ value }) => value);
  }

  /** Layers are added and taken away before the last; a link may have given one width alone. */
  #setLayers(layers: number): void {
    const widths = this.#widths();
    while (widths.length > layers + 1) widths.splice(-2, 1);
    while (widths.length < layers + 1) widths.splice(-1, 0, widths.at(-2) ?? widths.at(-1)!);
    this.#showWidths(widths);
    this.changed();
  }

  #showWidths(widths: readonly string[]): void {
    const layers = element<HTMLInputElement>('layers');
    layers.value = String(Math.min(MOST_LAYERS, widths.length - 1));
    layers.setAttribute('aria-valuetext', String(widths.length - 1));
    text('layers-text', String(widths.length - 1));
    const rows = element('widths');
    while (rows.children.length > widths.length) rows.lastElementChild!.remove();
    while (rows.children.length < widths.length) rows.append(this.#widthRow(rows.children.length));
    for (const [k, input] of this.#inputs().entries()) {
      input.value = widths[k]!;
      placeSlider(element(`width-${k}-slider`), widthSteps, widths[k]!);
    }
  }

  #widthRow(k: number): HTMLElement {
    const row = document.createElement('div');
    row.className = 'field';
    row.innerHTML = `<label for="width-${k}">d<sub>${k}</sub></label>
<input type="text" id="width-${k}" inputmode="numeric" spellcheck="false" aria-describedby="widths-hint widths-error">
<input type="range" id="width-${k}-slider" aria-label="d ${k}, slider" min="0" max="${widthSteps.length - 1}" step="1">`;
    const [input, slider] = row.querySelectorAll('input');
    input!.addEventListener('input', () => {
      placeSlider(slider!, widthSteps, input!.value);
      this.changed();
    });
    slider!.addEventListener('input', () => {
      input!.value = String(widthSteps[Number(slider!.value)]);
      slider!.setAttribute('aria-valuetext', input!.value);
      this.changed();
    });
    return row;
  }
}

function placeSlider(slider: HTMLInputElement, steps: Steps, value: string): void {
  const number = Number(value);
  if (Number.isFinite(number)) slider.value = String(nearestStep(steps, number));
  slider.setAttribute('aria-valuetext', value);
}
