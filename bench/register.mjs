// Lets Node run the TypeScript of the benchmarks as it stands: types are stripped, nothing is built.
import { register } from 'node:module';

register('./ts-loader.mjs', import.meta.url);
