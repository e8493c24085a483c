// Words for failures that happen in the browser, where no server error table applies.
export const errorsEn = {
  'error.network': 'The hub could not be reached',
  'error.networkHint': 'See that it is running and that this device is online.',
  'error.timeout': 'The hub took too long to answer',
  'error.timeoutHint': 'Try again. If it stays, look at the hub log.',
  'error.badReply': 'The hub sent something that this page does not understand',
  'error.badReplyHint': 'Reload the page: it may be older than the hub.',
  'error.offline': 'There is no connection to the hub now',
  'error.offlineHint': 'Nothing was sent. Try again when the page is live.',
  'error.unexpected': 'Something went wrong in this page',
  'error.unexpectedHint': 'Reload it. Agents are not affected.',
} as const;
