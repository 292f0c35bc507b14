import type { JobKind } from '../sweep/job.js';
import { trainingJobs } from '../sweep/training.js';

/** The kinds of work that a sweep file may name as its `job`. */
export const jobKinds: readonly JobKind[] = [trainingJobs];
