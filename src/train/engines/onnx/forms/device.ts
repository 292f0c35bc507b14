import type { Planner } from '../planner.js';
import { standardPlanner } from './standard.js';

/** For a device beside the host (a GPU): standard operators, none of which leaves the device. */
export const devicePlanner: Planner = { ...standardPlanner, name: 'device', onDevice: true };
