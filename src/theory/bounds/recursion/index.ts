export { failureBounds } from './failure-bounds.js';
export { coarseNodes, type Game, type Law, uniformLaw, uniformNodes } from './game.js';
export { recursionNeurons } from './neurons.js';
