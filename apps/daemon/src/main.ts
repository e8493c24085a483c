// Entry of the daemon. Only what must be there before anything slow is loaded stands here.
import { Hangups } from '@roundhouse/kit/hangups';

const hangups = Hangups.listen();
const { run } = await import('./program.js');
run(process.argv.slice(2), hangups);
