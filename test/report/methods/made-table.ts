import type { FinishedRun } from '../../../src/sweep/compare/run.js';
import { madeRun } from '../../sweep/compare/made-runs.js';

/** Runs of a small table, three seeds a cell, that no process made. */
export const madeTable = (): FinishedRun[] => [
  ...cell({ rule: 'edge-popup' }, [0.8, 0.82, 0.84]),
  ...cell({ rule: 'edge-popup', refresh: 'randomize' }, [0.84, 0.87, 0.9]),
  ...cell({ rule: 'edge-popup', refresh: 'recycle' }, [0.79, 0.82, 0.85]),
  ...cell({ rule: 'edge-popup', sparsity: 0.9 }, [0.6, 0.5, 0.7]),
  ...cell({ rule: 'edge-popup', sparsity: 0.9, refresh: 'randomize' }, [0.7, 0.65, 0.72]),
  ...cell({ rule: 'biprop' }, [0.81, 0.8, 0.82]),
  ...cell({ rule: 'biprop', refresh: 'randomize' }, [0.8, 0.82, 0.83]),
  ...cell({ rule: 'supermask' }, [0.3, 0.31, 0.35]),
  ...cell({ rule: 'supermask', refresh: 'recycle' }, [0.32, 0.31, 0.33]),
  ...cell({ rule: 'random' }, [0.1, 0.11, 0.09]),
];

const cell = (settings: Readonly<Record<string, unknown>>, tests: readonly number[]) =>
  tests.map((test, i) => madeRun(settings, i + 1, test));
