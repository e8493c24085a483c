// Owns the seed of the property tests: the same for everybody, so that a red run is somebody's change and not chance.
// To look for what nobody thought of: FAST_CHECK_SEED=$RANDOM npx vitest run
import process from 'node:process';
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });
