// The process of a sweep's lane: `iterand sweep` starts one for each run at a time.
import { serveLane } from '../sweep/serve-lane.js';
import { jobKinds } from './jobs.js';

serveLane(jobKinds);
