import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseStrict } from '../../runs/spec.js';
import type { Dataset } from '../data/index.js';
import type { Engine } from '../engines/engine.js';
import { type WeightLayer, weightLayers, weightShape } from '../networks/description.js';
import { firstDraw } from '../prune/initial.js';
import { chosenWeights, INITIAL, offeredWeights } from '../prune/offered.js';
import { type Checkpoint, touchedName } from '../run/checkpoint.js';
import { describeSpecNetwork, parseTrainSpec, type TrainSpec } from '../spec/spec.js';
import {
  decodeTicket,
  encodeTicket,
  type Json,
  type Redrawn,
  type Ticket,
  type TicketTensor,
} from './index.js';

const headerSchema = v.strictObject({
  /** The seed of the weights and of every randomization. */
  seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  spec: v.unknown(),
  steps: v.number(),
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
  const statistics = engine.tensors.filter(({ role }) => role === 'mean' || role === 'variance');
  const { name, fingerprint, channels, classes } = dataset;
  return {
    header: { ...header, data: { name, fingerprint, channels, classes } } as unknown as Json,
    layers,
    tensors: new Map(
      statistics.map(({ name, shape }): [string, TicketTensor] => [name, { shape, data: engine.read(name) }]),
    ),
  };
}

/** A ticket's bytes, coded by what its seeds give back. */
export function writeTicket(ticket: Ticket): Uint8Array {
  return encodeTicket(ticket, redrawing('the ticket')(ticket.header));
}

/**
 * Reads a ticket.
 *
 * @param name the file's name, for errors
 * @throws InputError if it is damaged or of another version
 */
export function readTicket(bytes: Uint8Array, name: string): { ticket: Ticket; header: TicketHeader } {
  const ticket = decodeTicket(bytes, name, redrawing(name));
  return { ticket, header: parseHeader(ticket.header, name) };
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

/** What a header's seed draws: the choices of the randomizations, where there are any, and the first scores. */
function redrawing(name: string) {
  return (json: Json): Redrawn => {
    const { seed, spec, data } = parseHeader(json, name);
    const layers = new Map(weightLayers(describeSpecNetwork(spec, data)).map((l) => [l.name, l]));
    const { rate, score = 'ku' } = spec;
    const scores = (layer: string) => firstDraw('score', layers.get(layer)!, score, seed);
    if (rate === undefined) return { scores };
    return { scores, chosen: (layer, number) => chosenWeights(seed, layers.get(layer)!, number, rate) };
  };
}

function parseHeader(json: Json, name: string): TicketHeader {
  const header = parseStrict(name, headerSchema, json);
  return { ...header, spec: parseTrainSpec(header.spec) };
}
