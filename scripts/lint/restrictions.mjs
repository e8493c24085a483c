// DATA: Roundhouse's own lint rules, as `no-restricted-syntax` entries; eslint.config.js says where each applies.

export const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Use a named export: one name for one thing, found by searching.',
};

export const noDangerousHtml = {
  selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]',
  message: 'Text of agents and users is never HTML; render it as text.',
};

export const noProcessEnv = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Read the environment in a config file only, parsed by its schema.',
};

/** Pure cores take a Clock and ids; what they compute depends on nothing else. */
export const pureCore = [
  {
    selector: 'CallExpression[callee.object.name=/^(Date|performance)$/][callee.property.name="now"]',
    message: 'A pure core takes an injected Clock.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'A pure core takes an injected Clock.',
  },
  {
    selector: 'CallExpression[callee.object.name="Math"][callee.property.name="random"]',
    message: 'A pure core takes randomness and ids as arguments.',
  },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate|queueMicrotask)$/]',
    message: 'A pure core has no timers; its caller owns them.',
  },
];
