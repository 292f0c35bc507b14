/** Names of a model's inputs and outputs beside the state's tensors. */
export const IMAGES = 'images';
export const LABELS = 'labels';
export const LEARNING_RATE = 'learning rate';
/** Score mode: the threshold of every weight layer, in the network's order. */
export const THRESHOLDS = 'thresholds';
/** Whether each threshold was found: 1, or 0 where keys lie too close together. */
export const FOUND = 'found';
/** The noise that a layer's mask is drawn by, where the rule draws it. */
export const noise = (layer: string): string => `${layer}.noise`;
export const LOSS = 'loss';
export const LOGITS = 'logits';
/** Where the norms are not centred: the largest squared ratio of a mean that was not subtracted to its deviation. */
export const DOUBT = 'doubt';
/** 0 for every layer whose scores are finite after the step, else NaN, in the network's order. */
export const FINITE = 'finite';
/** All that a step tells, in one vector. */
export const REPORT = 'report';
/** The output that is a tensor's next value. */
export const next = (tensor: string): string => `next ${tensor}`;

/**
 * What a step's graph is made for. `plain`: one step, what it tells in an output each. `repeated`: the body of a loop over several steps,
 * with thresholds of its own where steps move the scores. `resident`: one step on a device, what it tells in {@link REPORT}.
 */
export type StepForm = 'plain' | 'repeated' | 'resident';

/** A finished model and the state tensors it takes and gives. */
export interface Model {
  readonly bytes: Uint8Array;
  readonly form: StepForm;
  readonly inputs: readonly string[];
  /** It takes {@link THRESHOLDS}; and {@link FOUND} beside them, if it is `resident`. */
  readonly thresholds: boolean;
  /** Layers whose {@link noise} it takes. */
  readonly noisy: readonly string[];
  readonly updated: readonly string[];
  /** What it tells of a step beside the next state, and how many numbers each has. */
  readonly told: readonly { readonly name: string; readonly size: number }[];
  /** It takes {@link LABELS} as float32. */
  readonly floatLabels: boolean;
}
