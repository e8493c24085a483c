// What is learnt besides numbers: the model, its marker, how full the window is, and rate limits.
import { betterContext, isAfter, type SaidContext } from './context.js';
import { parseModel } from './models.js';
import type { ObservationOf } from './observation.js';
import type { Outcome } from './series.js';
import { sentOf } from './tokens.js';
import type { UsageState } from './usage-state.js';

/** Models remembered with their marker; far more than one conversation uses. */
const maxModels = 32;

/** @returns the model's name */
export function learnFromRequest(
  state: UsageState,
  event: ObservationOf<'request'>,
  main: boolean,
): string | null {
  const { moment, who, tokens } = event;
  const model = parseModel(who.model);
  if (model !== null && model.marker !== null)
    learnMarker(state, model.name, { marker: model.marker, at: moment.at });
  if (!main) return model?.name ?? null;
  if (model !== null) learnModel(state, { ...moment, name: model.name, fromEvent: true });
  learnContext(state, {
    ...moment,
    source: 'request',
    used: sentOf(tokens),
    model: model?.name ?? null,
    window: null,
  });
  return model?.name ?? null;
}

/** Events tell the model per request, counters only per export: events decide as soon as there is one. */
export function learnModel(state: UsageState, said: NonNullable<UsageState['model']>): void {
  const { model } = state;
  const stronger = said.fromEvent && model?.fromEvent === false;
  const weaker = !said.fromEvent && model?.fromEvent === true;
  if (!stronger && (weaker || !isAfter(said, model))) return;
  // Counters also tell of helpers: from one to the other nothing has changed.
  const changed = model !== null && model.fromEvent === said.fromEvent && model.name !== said.name;
  if (changed) state.tallies.modelChanges += 1;
  state.model = said;
}

export function learnMarker(
  state: UsageState,
  name: string,
  said: { marker: string | null; at: string },
): void {
  const known = Object.hasOwn(state.markers, name) ? state.markers[name] : undefined;
  if (known !== undefined && (said.at < known.at || (said.at === known.at && known.marker !== null))) return;
  const others = Object.entries(state.markers).filter(([other]) => other !== name);
  others.sort(([, a], [, b]) => (a.at < b.at ? 1 : -1));
  state.markers = Object.fromEntries([[name, said], ...others.slice(0, maxModels - 1)]);
}

export function learnContext(state: UsageState, said: SaidContext): Outcome {
  const { at, sequence, source, used, model, window } = said;
  const next = { at, sequence, source, used, model, window };
  const known = state.context;
  if (betterContext(next, known) !== next) return 'known';
  // A status line says the same again and again.
  const same = known?.source === source && known.used === used && known.window === window;
  if (same && source !== 'request') return 'known';
  state.context = next;
  return 'added';
}

export function learnLimits(state: UsageState, { moment, limits }: ObservationOf<'limits'>): Outcome {
  const same = JSON.stringify(state.limits?.windows) === JSON.stringify(limits);
  if (same || !isAfter(moment, state.limits)) return 'known';
  state.limits = { ...moment, windows: limits };
  return 'added';
}
