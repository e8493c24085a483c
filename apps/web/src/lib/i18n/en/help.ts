// Words of the page of errors and their cures, loaded with it. The errors themselves come from the tables of the protocol.
export const helpEn = {
  'help.title': 'Errors and their cures',
  'help.intro':
    'What each code means and what to do. The message that you saw is more exact: it names the file, the host or the setting.',
  'help.toApp': 'Open Roundhouse',
  'help.unknown': '{code} is no code of this version.',
  'help.search': 'Search errors',
  'help.count.one': '{n} code',
  'help.count.other': '{n} codes',
  'help.nothing': 'No error matches',
  'help.nothingHint': 'Search by code, or by a word of the message.',
  'help.retryable': 'Trying again may help',
  'help.topic.errors': 'Answers of the hub and the daemons',
  'help.topic.sessions': 'Why a session ended or cannot go on',
  'help.topic.page': 'Between this page and the hub',
} as const;
