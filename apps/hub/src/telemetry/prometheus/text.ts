// Samples as the text format of Prometheus. Pure.
import type { Family } from './families.js';

export interface Sample {
  /** In the order of the family's labels. */
  readonly labels: readonly string[];
  /** In units of 10^-`scale`: money and time are written as decimals without ever being floats. */
  readonly value: bigint;
}

export interface Series {
  readonly name: string;
  readonly family: Family;
  readonly scale: number;
  readonly samples: readonly Sample[];
}

/** Series of one family; agents choose names of models and tools, and each is a series for ever. */
const seriesMax = 500;
const labelMax = 200;

export const metricsText = (list: readonly Series[]): string => list.map(familyText).join('');

function familyText({ name, family, scale, samples }: Series): string {
  const lines = bounded(samples).map(
    ({ labels, value }) => `${name}${labelText(family.labels, labels)} ${decimal(value, scale)}\n`,
  );
  return `# HELP ${name} ${family.help}\n# TYPE ${name} ${family.type}\n${lines.join('')}`;
}

/** Samples of one name together; the smallest beyond the bound are one, `other`. */
function bounded(samples: readonly Sample[]): Sample[] {
  const kept = merged(samples);
  if (kept.length <= seriesMax) return kept;
  const sorted = kept.sort((a, b) => (a.value === b.value ? 0 : a.value < b.value ? 1 : -1));
  const rest = sorted.slice(seriesMax).map(({ labels, value }) => ({ labels: otherOf(labels), value }));
  return [...sorted.slice(0, seriesMax), ...merged(rest)];
}

/** The first label (the profile) and the last stay; the name in the middle is what there are too many of. */
const otherOf = (labels: readonly string[]): string[] =>
  labels.map((label, index) => (index === 1 ? 'other' : label));

function merged(samples: readonly Sample[]): Sample[] {
  const byName = new Map<string, Sample>();
  for (const { labels, value } of samples) {
    const short = labels.map((label) => label.slice(0, labelMax));
    const key = JSON.stringify(short);
    byName.set(key, { labels: short, value: value + (byName.get(key)?.value ?? 0n) });
  }
  return [...byName.values()];
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, index) => `${name}="${escaped(values[index] ?? '')}"`).join(',')}}`;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** `61950000` of scale 9 is `0.06195`. */
export function decimal(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const part = scale === 0 ? '' : digits.slice(-scale).replace(/0+$/, '');
  const whole = scale === 0 ? digits : digits.slice(0, -scale);
  return `${sign}${whole}${part === '' ? '' : `.${part}`}`;
}
