import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseStrict } from '../../runs/spec.js';
import { NetworkBuilder } from './builder.js';
import { INPUT, type Layer, type NetworkDescription, sizeOf } from './description.js';
import { stateTensors, TENSOR_ROLES } from './tensors.js';

const whole = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const shape = v.array(whole(1));
const base = { name: v.string(), inputs: v.array(v.string()), inputShape: shape, outputShape: shape };
const window = { kernel: whole(1), stride: whole(1), padding: whole(0) };

/** What a layer of each type holds beside its type. */
const layerSchemas = {
  conv: v.strictObject({ type: v.literal('conv'), ...base, ...window, bias: v.boolean(), fanIn: whole(1) }),
  dense: v.strictObject({ type: v.literal('dense'), ...base, bias: v.boolean(), fanIn: whole(1) }),
  batchNorm: v.strictObject({
    type: v.literal('batchNorm'),
    ...base,
    epsilon: v.number(),
    momentum: v.number(),
  }),
  relu: v.strictObject({ type: v.literal('relu'), ...base }),
  maxPool: v.strictObject({ type: v.literal('maxPool'), ...base, ...window }),
  avgPool: v.strictObject({ type: v.literal('avgPool'), ...base }),
  add: v.strictObject({ type: v.literal('add'), ...base }),
  flatten: v.strictObject({ type: v.literal('flatten'), ...base }),
} as const satisfies Record<Layer['type'], v.GenericSchema<unknown, Layer>>;

const networkSchema = v.strictObject({
  name: v.string(),
  inputShape: v.strictTuple([whole(1), whole(1), whole(1)]),
  classes: whole(2),
  layers: v.array(v.unknown()),
});

/** The most values a tensor or an example's activation may hold: 2 GiB of float32, which one ONNX tensor carries. */
const MOST_VALUES = 2 ** 29;

/**
 * Checks a network description from anywhere: code, JSON, a ticket. Names are unique, every layer stands after its inputs (so there is no
 * cycle) and its shapes follow from them, every layer's output is used (no dead branch), the last one gives [classes], at least
 * one layer has weights, and no tensor is too large.
 *
 * @returns the description, a copy with its keys in one order
 * @throws InputError that names the network, the layer and the rule
 */
export function requireNetwork(given: unknown): NetworkDescription {
  const { name, inputShape, classes, layers } = parseStrict('network description', networkSchema, given);
  requireName('network description', name);
  const what = `network '${name}'`;
  const net = new NetworkBuilder(name, inputShape);
  const parsed = layers.map((layer, i) => parseLayer(layer, what, i));
  const known = new Set([INPUT]);
  for (const layer of parsed) {
    requireInputs(layer, what, known, parsed);
    requireSame(layer, rebuild(net, layer), what);
    known.add(layer.name);
  }
  requireUse(parsed, what);
  const built = net.build();
  if (built.classes !== classes)
    throw new InputError(
      `${what}: classes ${classes}`,
      `its last layer gives ${built.classes} logits`,
      'give that layer as many features as there are classes',
    );
  requireSizes(built, what);
  return built;
}

function parseLayer(given: unknown, what: string, i: number): Layer {
  const { type, name } = (given ?? {}) as { type?: unknown; name?: unknown };
  const label = `${what}: layer ${typeof name === 'string' ? `'${name}'` : i}`;
  if (typeof type !== 'string' || !Object.hasOwn(layerSchemas, type))
    throw new InputError(
      `${label}: type ${JSON.stringify(type)}`,
      `must be one of ${Object.keys(layerSchemas).join(', ')}`,
      'build the network with NetworkBuilder',
    );
  const layer: Layer = parseStrict(label, layerSchemas[type as Layer['type']], given);
  requireName(label, layer.name);
  return layer;
}

/** Tensors and files are named after networks and layers. */
function requireName(label: string, name: string): void {
  const role = /[^.]\.(\w+)$/.exec(name)?.[1];
  const reserved = (TENSOR_ROLES as readonly (string | undefined)[]).includes(role);
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name) || reserved)
    throw new InputError(
      `${label}: name ${JSON.stringify(name)}`,
      reserved
        ? `ends in '.${role}', as the tensors of layers do`
        : 'must be 1 to 100 letters, digits, dots, _ and -, a letter or digit first',
      'give it another name',
    );
}

function requireInputs(
  { type, name, inputs }: Layer,
  what: string,
  known: ReadonlySet<string>,
  layers: readonly Layer[],
): void {
  const count = type === 'add' ? 2 : 1;
  if (inputs.length !== count)
    throw new InputError(
      `${what}: layer '${name}' with ${inputs.length} inputs`,
      `${type} takes ${count}`,
      'name so many layers',
    );
  for (const input of inputs)
    if (!known.has(input))
      throw new InputError(
        `${what}: input '${input}' of layer '${name}'`,
        layers.some((l) => l.name === input)
          ? 'does not stand before it: a layer comes after its inputs, and a cycle has no such order'
          : 'is no layer',
        `name an earlier layer, or '${INPUT}'`,
      );
}

/** Adds the layer by its settings alone, so that shapes and fan-in follow. */
function rebuild(net: NetworkBuilder, layer: Layer): Layer {
  const { name } = layer;
  const [from, other] = layer.inputs as [string, string];
  switch (layer.type) {
    case 'conv':
      net.conv(name, layer.outputShape[0] ?? 0, { ...layer, from });
      break;
    case 'dense':
      net.dense(name, layer.outputShape[0] ?? 0, { ...layer, from });
      break;
    case 'batchNorm':
    case 'maxPool':
      net[layer.type](name, { ...layer, from });
      break;
    case 'relu':
    case 'avgPool':
    case 'flatten':
      net[layer.type](name, { from });
      break;
    case 'add':
      net.add(name, from, other);
      break;
  }
  return net.layer(name);
}

function requireSame(given: Layer, made: Layer, what: string): void {
  for (const [key, value] of Object.entries(made)) {
    const own = given[key as keyof Layer];
    if (!isDeepStrictEqual(own, value))
      throw new InputError(
        `${what}: ${key} ${JSON.stringify(own)} of layer '${given.name}'`,
        `its input and settings give ${JSON.stringify(value)}`,
        'build the network with NetworkBuilder, or correct the number',
      );
  }
}

/** The output of every layer but the last is some layer's input; what no one reads would be a dead branch. */
function requireUse(layers: readonly Layer[], what: string): void {
  const used = new Set(layers.flatMap(({ inputs }) => inputs));
  const dead = layers.slice(0, -1).find(({ name }) => !used.has(name));
  if (dead)
    throw new InputError(
      `${what}: layer '${dead.name}'`,
      'is a dead branch: no layer takes its output, and it is not the last',
      'connect it, or leave it out',
    );
}

function requireSizes(network: NetworkDescription, what: string): void {
  const tensors = stateTensors(network, 'score');
  if (!tensors.some(({ role }) => role === 'weight'))
    throw new InputError(what, 'has no weights to train or prune', 'add a conv or dense layer');
  const sized = [
    ...tensors.map(({ name, shape }) => ({ name: `tensor '${name}'`, size: sizeOf(shape) })),
    ...network.layers.map((l) => ({
      name: `an example's output of '${l.name}'`,
      size: sizeOf(l.outputShape),
    })),
  ];
  for (const { name, size } of sized)
    if (size > MOST_VALUES)
      throw new InputError(
        `${what}: ${name}`,
        `holds ${size.toPrecision(3)} values, more than the ${MOST_VALUES} of 2 GiB`,
        'make the layer smaller',
      );
}
