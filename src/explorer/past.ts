import type { TrialMark } from './curve-chart.js';
import type { State } from './state.js';
import type { PresentAnswer, TrialsAnswer } from './worker/messages.js';

/** Rates of trials at several widths, kept as long as nothing else is changed. */
export class Past {
  #of = '';
  #marks = new Map<string, TrialMark>();

  /** The rates at all widths tried so far, those of now included. */
  with(state: State, present: PresentAnswer | undefined, trials: TrialsAnswer | undefined): TrialMark[] {
    const rest = JSON.stringify({ ...state, factor: '', trials: '', seed: '' });
    if (rest !== this.#of) this.#marks.clear();
    this.#of = rest;
    if (present !== undefined && trials !== undefined)
      this.#marks.set(present.hidden.join(), {
        width: present.hidden[0]!,
        rate: 1 - trials.successes / trials.trials,
        low: 1 - trials.interval.high,
        high: 1 - trials.interval.low,
      });
    return [...this.#marks.values()];
  }
}
