// Owns the lint rule on file names: kebab-case, and no name that says nothing about what the file owns.

const kebab = /^\.?[a-z0-9$]+(-[a-z0-9$]+)*(\.[a-z0-9-]+)*$/;
const vague = /^(utils?|helpers?|misc|stuff)$/;
const baseName = (path) => path.split(/[\\/]/).at(-1);

export const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      kebab: 'Name the file in kebab-case with a role suffix, for example session-list.service.ts.',
      vague: '"{{name}}" says nothing: name the file after the one thing that it owns.',
      barrel: 'No barrels: only the entry of a package or program is called index.',
    },
  },
  create(context) {
    return {
      Program(node) {
        const name = baseName(context.filename);
        const words = name.replace(/^\./, '').split('.')[0].split('-');
        if (!kebab.test(name) && !/^__root\.tsx$/.test(name)) context.report({ node, messageId: 'kebab' });
        if (words.some((word) => vague.test(word)))
          context.report({ node, messageId: 'vague', data: { name } });
        const isEntry = /(packages[\\/][^\\/]+[\\/]src[\\/]index\.ts|apps[\\/][^\\/]+[\\/]index\.js)$/.test(
          context.filename,
        );
        if (name.startsWith('index.') && !isEntry) context.report({ node, messageId: 'barrel' });
      },
    };
  },
};
