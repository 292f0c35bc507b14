import type { JobCost, JobEnd, JobMachine, JobProgress } from './job.js';

/** A run as a lane's process is told of it. */
export interface LaneWork {
  readonly kind: string;
  readonly spec: object;
  readonly seed: number;
  readonly root: string;
  readonly machine: JobMachine;
}

/** To a lane's process. */
export type LaneOrder =
  | { readonly type: 'run'; readonly work: LaneWork }
  | { readonly type: 'measure'; readonly work: LaneWork }
  | { readonly type: 'stop' };

/** From a lane's process. The last three answer an order. */
export type LaneReport =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'end'; readonly end: JobEnd }
  | { readonly type: 'cost'; readonly cost: JobCost }
  | { readonly type: 'error'; readonly locked: boolean; readonly message: string };
