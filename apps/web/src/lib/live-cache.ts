// Keeps the query cache true: entity.changed patches it by version; after a reconnect everything is asked again.
import type { Host, Session } from '@roundhouse/protocol';
import type { QueryClient } from '@tanstack/react-query';

export interface EntityByKind {
  host: Host;
  session: Session;
}
export type EntityKind = keyof EntityByKind;

export interface Change<K extends EntityKind = EntityKind> {
  readonly kind: K;
  readonly id: string;
  readonly version: number;
  readonly deleted?: boolean | undefined;
  readonly entity?: EntityByKind[K] | undefined;
}

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** Query keys. Lists are `{items}`. */
export const keys = {
  me: ['me'] as const,
  list: (kind: EntityKind) => [kind, 'list'] as const,
  one: (kind: EntityKind, id: string) => [kind, 'one', id] as const,
  profiles: ['profiles'] as const,
  settings: ['settings'] as const,
  version: ['version'] as const,
};

/** Changes kept to correct answers that were under way when a change came; the newest 2000, some hundred kB. */
const RECENT_MAX = 2000;

export class LiveCache {
  private readonly recent = new Map<string, Change>();

  constructor(private readonly client: QueryClient) {}

  /** Applies a change of the hub, or the entity that a mutation answered with. */
  apply(change: Change): void {
    const name = `${change.kind}/${change.id}`;
    const known = this.recent.get(name);
    if (known && (known.version > change.version || known.deleted === true)) return;
    this.remember(name, change);
    const list = keys.list(change.kind);
    const one = keys.one(change.kind, change.id);
    if (change.deleted !== true && !change.entity) {
      void this.client.invalidateQueries({ queryKey: list });
      void this.client.invalidateQueries({ queryKey: one });
      return;
    }
    this.client.setQueryData<{ items: Versioned[] }>(
      list,
      (old) => old && { ...old, items: patch(old.items, change) },
    );
    if (change.deleted === true) this.client.removeQueries({ queryKey: one });
    else
      this.client.setQueryData<Versioned>(one, (old) =>
        old && old.version > change.version ? old : change.entity,
      );
  }

  /** An answer of REST with the whole list, corrected by changes that overtook it. */
  freshList<K extends EntityKind>(kind: K, items: readonly EntityByKind[K][]): EntityByKind[K][] {
    const known = new Set<string>(items.map(({ id }) => id));
    const corrected = items.flatMap((item) => this.fresh(kind, item) ?? []);
    return [...this.missing(kind, known), ...corrected];
  }

  /** Entities that came to be after the hub had made its answer. */
  private missing<K extends EntityKind>(kind: K, known: ReadonlySet<string>): EntityByKind[K][] {
    return [...this.recent.values()].flatMap((change) => {
      if (!isOf(kind, change) || change.deleted === true || known.has(change.id)) return [];
      return change.entity ?? [];
    });
  }

  /** The newer of an answer and the last change; null when it was deleted meanwhile. */
  fresh<K extends EntityKind>(kind: K, item: EntityByKind[K]): EntityByKind[K] | null {
    const change = this.recent.get(`${kind}/${item.id}`);
    if (change?.deleted === true) return null;
    if (!change?.entity || change.version <= item.version) return item;
    return isOf(kind, change) ? (change.entity ?? item) : item;
  }

  /** After a reconnect: changes may have been missed. */
  async refetch(): Promise<void> {
    this.recent.clear();
    await this.client.invalidateQueries();
  }

  private remember(name: string, change: Change): void {
    this.recent.delete(name);
    this.recent.set(name, change);
    const [oldest] = this.recent.keys();
    if (this.recent.size > RECENT_MAX && oldest !== undefined) this.recent.delete(oldest);
  }
}

const isOf = <K extends EntityKind>(kind: K, change: Change): change is Change<K> => change.kind === kind;

function patch(items: readonly Versioned[], { id, version, deleted, entity }: Change): Versioned[] {
  if (deleted === true) return items.filter((item) => item.id !== id);
  if (!entity) return [...items];
  if (!items.some((item) => item.id === id)) return [entity, ...items];
  return items.map((item) => (item.id === id && item.version <= version ? entity : item));
}
