// Owns the lint rule on parameters: more than four go into one options object. Injected constructors are exempt,
// since nobody calls them by hand.

const max = 4;

const isInjected = (parameter) =>
  (parameter.decorators ?? []).some(({ expression }) => expression.callee?.name === 'Inject');

export const maxParams = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { tooMany: 'This function takes {{count}} parameters; over {{max}}, take one options object.' },
  },
  create(context) {
    const check = (node) => {
      const count = node.params.filter((parameter) => !isInjected(parameter)).length;
      if (count > max) context.report({ node, messageId: 'tooMany', data: { count, max } });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};
