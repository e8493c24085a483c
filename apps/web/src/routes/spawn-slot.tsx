// Where the spawn dialog lives: on every page, opened through lib/spawn-intent.
export function SpawnSlot() {
  return null;
}
