// How a person types to an agent that may not listen yet.

/** An echo may take so long, ms. */
export const echoTimeoutMs = 10_000;
/** Between text and Enter, ms: what comes at once is taken for pasted. */
export const enterPauseMs = 300;
const tries = 3;

/** The last part of a prompt as it is echoed: it may be broken into lines before it. */
export const echoOf = (prompt: string): string => prompt.split(' ').at(-1) ?? '';

/**
 * Types again what was not shown: it came before the agent listened.
 * @param type the whole text
 * @param shown rejects when the text was not shown within `echoTimeoutMs`
 */
export async function typeUntilShown(
  type: () => Promise<void> | void,
  shown: () => Promise<unknown>,
  left = tries,
): Promise<void> {
  await type();
  try {
    await shown();
  } catch (error) {
    if (left === 1) throw error;
    await typeUntilShown(type, shown, left - 1);
  }
}
