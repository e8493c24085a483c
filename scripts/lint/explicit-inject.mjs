// Owns the lint rule on injection: the build emits no decorator metadata, so a constructor parameter of a provider
// without @Inject would be `undefined` at run time, without an error.

const providers = new Set(['Injectable', 'Controller', 'Catch', 'WebSocketGateway', 'Module']);

const decoratorNames = (node) =>
  (node.decorators ?? []).map(({ expression }) => (expression.callee ?? expression).name ?? '');

const isConstructor = (member) => member.type === 'MethodDefinition' && member.kind === 'constructor';

export const explicitInject = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { missing: 'Give each constructor parameter of a provider an explicit @Inject(Token).' },
  },
  create(context) {
    return {
      ClassDeclaration(node) {
        if (!decoratorNames(node).some((name) => providers.has(name))) return;
        const parameters = node.body.body.find(isConstructor)?.value.params ?? [];
        for (const parameter of parameters) {
          if (!decoratorNames(parameter).includes('Inject'))
            context.report({ node: parameter, messageId: 'missing' });
        }
      },
    };
  },
};
