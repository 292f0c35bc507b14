import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseStrict } from '../../runs/spec.js';
import type { Dataset } from '../data/index.js';
import type { Engine } from '../engines/engine.js';
import { type WeightLayer, weightLayers, weightShape } from '../networks/description.js';
import { type StateTensor, stateTensors } from '../networks/tensors.js';
import { firstDraw } from '../prune/initial.js';
import { thresholdRank } from '../prune/mask.js';
import { chosenWeights, INITIAL, offeredWeights } from '../prune/offered.js';
import { type Checkpoint, touchedName } from '../run/checkpoint.js';
import { describeSpecNetwork, parseTrainSpec, type TrainSpec } from '../spec/spec.js';
import {
  type Described,
  decodeTicket,
  encodeTicket,
  type Json,
  type Ticket,
  type TicketTensor,
} from './index.js';
import { count } from './ticket.js';

const headerSchema = v.strictObject({
  /** The seed of the weights and of every randomization. */
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  spec: v.unknown(),
  steps: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  data: v.strictObject({
    name: v.string(),
    fingerprint: v.string(),
    channels: v.number(),
    classes: v.array(v.string()),
  }),
});

/** What a ticket's header says. */
export interface TicketHeader extends v.InferOutput<typeof headerSchema> {
  readonly spec: TrainSpec;
}

/**
 * The ticket of a run: what its seeds do not give back.
 *
 * @param engine holds the checkpoint
 * @throws InputError for SGD, whose weights are no draws
 */
export function ticketOfRun(
  header: Omit<TicketHeader, 'data'>,
  engine: Engine,
  { tensors }: Checkpoint,
  dataset: Dataset,
): Ticket {
  const { spec } = header;
  if (spec.method === 'sgd')
    throw new InputError(
      'a ticket of an SGD run',
      'its weights are trained, so no seed gives them back',
      'export --safetensors, or train with edge-popup or iterand',
    );
  const layers = weightLayers(engine.network).map((layer) => {
    const mask = engine.mask(layer.name);
    const touched = tensors.get(touchedName(layer.name))?.data as Int32Array | undefined;
    const lastTouched = touched ? touched.filter((_, i) => mask[i] === 1) : null;
    return { name: layer.name, shape: weightShape(layer), mask, lastTouched };
  });
  const { name, fingerprint, channels, classes } = dataset;
  return {
    header: { ...header, data: { name, fingerprint, channels, classes } } as unknown as Json,
    layers,
    tensors: new Map(
      statisticsOf(engine.tensors).map(({ name, shape }): [string, TicketTensor] => [
        name,
        { shape, data: engine.read(name) },
      ]),
    ),
  };
}

/** A ticket's bytes, coded by what its seeds give back. */
export function writeTicket(ticket: Ticket): Uint8Array {
  return encodeTicket(ticket, describing('the ticket')(ticket.header));
}

/**
 * Reads a ticket.
 *
 * @param name the file's name, for errors
 * @throws InputError if it is damaged or of another version
 */
export function readTicket(bytes: Uint8Array, name: string): { ticket: Ticket; header: TicketHeader } {
  try {
    const ticket = decodeTicket(bytes, name, describing(name));
    const header = parseHeader(ticket.header, name);
    requireKept(ticket, header.spec, name);
    return { ticket, header };
  } catch (error) {
    if (!(error instanceof InputError) || error.what.startsWith(name)) throw error;
    // What its spec breaks is told without the file's name.
    throw new InputError(`${name}: ${error.what}`, error.rule, error.fix);
  }
}

/** A mask keeps as many weights as its sparsity says, or more where scores are tied. */
function requireKept({ layers }: Ticket, { sparsity = 0 }: TrainSpec, name: string): void {
  for (const { name: layer, mask } of layers) {
    const least = mask.length - thresholdRank(mask.length, sparsity) + 1;
    const kept = count(mask);
    if (kept < least)
      throw new InputError(
        `${name}: layer ${layer}`,
        `keeps ${kept} weights where sparsity ${sparsity} keeps ${least} at least`,
        'copy the file again, or export it again from its run',
      );
  }
}

/** Draws the ticket's weights again and puts network and statistics into the engine. */
export function rebuild(ticket: Ticket, { seed, spec }: TicketHeader, engine: Engine): void {
  const layers = new Map(weightLayers(engine.network).map((l) => [l.name, l]));
  for (const { name, mask, lastTouched } of ticket.layers) {
    engine.write(`${name}.weight`, weightsOf(layers.get(name)!, mask, lastTouched, seed, spec));
    // As scores, a mask gives itself: its threshold is 1, whatever the sparsity.
    engine.write(`${name}.score`, Float32Array.from(mask));
  }
  for (const [name, { data }] of ticket.tensors) engine.write(name, data);
}

function weightsOf(
  layer: WeightLayer,
  mask: Uint8Array,
  lastTouched: Int32Array | null,
  seed: number,
  { param }: TrainSpec,
): Float32Array {
  const weights = new Float32Array(mask.length);
  for (const number of new Set(lastTouched ?? [INITIAL])) {
    const offered = offeredWeights(seed, layer, number, param);
    for (let i = 0, kept = 0; i < mask.length; i++)
      if (mask[i] === 1 && (lastTouched === null || lastTouched[kept++] === number)) weights[i] = offered[i]!;
  }
  return weights;
}

/** What a header fixes: the network's shapes, the choices of the randomizations, where there are any, and the first scores. */
function describing(name: string) {
  return (json: Json): Described => {
    const { seed, spec, steps, data } = parseHeader(json, name);
    if (spec.method === 'sgd')
      throw new InputError(name, 'says it is of an SGD run, which no seed gives back', 'export the run anew');
    const network = describeSpecNetwork(spec, data);
    const layers = new Map(weightLayers(network).map((l) => [l.name, l]));
    const { rate, period, score = 'ku' } = spec;
    const shapes = {
      layers: [...layers].map(([layer, of]) => [layer, weightShape(of)] as const),
      tensors: statisticsOf(stateTensors(network, 'score')).map((t) => [t.name, t.shape] as const),
    };
    const scores = (layer: string) => firstDraw('score', layers.get(layer)!, score, seed);
    if (rate === undefined || period === undefined) return { ...shapes, randomizations: null, scores };
    const randomizations = Math.floor(steps / period);
    const chosen = (layer: string, number: number) => chosenWeights(seed, layers.get(layer)!, number, rate);
    return { ...shapes, randomizations, scores, chosen };
  };
}

/** The tensors that no seed gives back. */
const statisticsOf = (tensors: readonly StateTensor[]): StateTensor[] =>
  tensors.filter(({ role }) => role === 'mean' || role === 'variance');

function parseHeader(json: Json, name: string): TicketHeader {
  const header = parseStrict(name, headerSchema, json);
  return { ...header, spec: parseTrainSpec(header.spec) };
}
