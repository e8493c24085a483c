// Owns who may import whom: the import rules of docs/architecture.md, checked by `npm run check`.
const noSpec = '\\.spec\\.tsx?$';
const builtin = ['core'];
/** A package by name, as pnpm resolves it (…/node_modules/<name>/…) or as an unresolved bare import. */
const npm = (...names) => names.map((name) => `(^|/)node_modules/${name}(/|$)|^${name}(/|$)`).join('|');
const anyNpm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'unknown'];
const own = '^packages/(protocol|profiles|kit)/';

/** Only `allowed` (a path pattern) may import the package. Specs may, since they stand beside what they test. */
const singleSite = (name, packages, allowed, why) => ({
  name,
  comment: why,
  severity: 'error',
  from: { path: '^(packages|apps)/', pathNot: [allowed, noSpec, '/testing/'] },
  to: { path: npm(...packages) },
});

/** A package of the workspace may import these npm packages and nothing else from outside. */
const onlyNpm = (folder, allowed, others) => [
  {
    name: `${folder}-npm`,
    comment: `packages/${folder} may use ${allowed.join(', ')} only (rule 1)`,
    severity: 'error',
    from: { path: `^packages/${folder}/src/`, pathNot: noSpec },
    to: { dependencyTypes: anyNpm, pathNot: [npm(...allowed), own] },
  },
  {
    name: `${folder}-workspace`,
    comment: `packages/${folder} may use of the workspace: ${others.join(', ') || 'nothing'} (rule 1)`,
    severity: 'error',
    from: { path: `^packages/${folder}/src/`, pathNot: noSpec },
    to: { path: '^(packages|apps)/', pathNot: `^packages/(${[folder, ...others].join('|')})/` },
  },
];

const pureCores = [
  '^apps/daemon/src/(keeper/(ring|frames)|terminal/(flow-control|coalescer)[^/]*|otlp/(series|meaning|read-(batch|record)|said|tokens|request-id|apply[^/]*|learn|who|minutes|prompts|context|statements|histogram|models|usage-(state|of)|history-of|pricing/(price(?!-book)|own-prices))[^/]*)\\.ts$',
  '^apps/daemon/src/agents/status/(signal|settle|reading|decide|reduce|words|durations|explain)\\.ts$',
  '^apps/hub/src/.*(-state|pricing|prices|policy|policy-rules|-graph)\\.ts$',
  '^apps/hub/src/telemetry/(roll-up|query/(segments|span-request|median|csv|usage-csv|lines|items|time-buckets)|prometheus/(text|series))\\.ts$',
];

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be resolved escapes every other rule.',
      severity: 'error',
      from: { path: '^(packages|apps)/' },
      to: { couldNotResolve: true, pathNot: '\\?(url|worker|raw|inline)|/generated/|^virtual:' },
    },

    // 1. What the packages stand on; apps never meet except over the wire.
    ...onlyNpm('protocol', ['zod'], []),
    ...onlyNpm('profiles', ['zod', 'yaml'], ['protocol']),
    ...onlyNpm('kit', ['zod', 'pino'], ['protocol']),
    {
      name: 'browser-safe',
      comment: 'protocol and profiles run in the browser too: no Node modules (rule 1)',
      severity: 'error',
      from: {
        path: '^packages/(protocol|profiles)/src/',
        pathNot: [noSpec, '^packages/profiles/src/node/'],
      },
      to: { dependencyTypes: builtin },
    },
    {
      name: 'apps-apart',
      comment: 'apps never import each other (rule 1)',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'web-node-free',
      comment: 'the web app runs in a browser',
      severity: 'error',
      from: { path: '^apps/web/src/', pathNot: [noSpec, '/testing/'] },
      to: { dependencyTypes: builtin },
    },
    {
      name: 'web-without-kit',
      comment: 'kit is for Node',
      severity: 'error',
      from: { path: '^apps/web/src/', pathNot: noSpec },
      to: { path: '^packages/kit/' },
    },

    // 2. Hub: controller -> service -> repository, and a feature reaches another only through its service.
    {
      name: 'prisma-in-repositories',
      comment:
        'only *.repository.ts and platform/database import the Prisma client, and *.entity.ts its row types (rule 2)',
      severity: 'error',
      from: {
        path: '^apps/hub/src/',
        pathNot: [
          '\\.(repository|entity)\\.ts$',
          '^apps/hub/src/(platform/database|generated)/',
          noSpec,
          '/testing/',
        ],
      },
      to: { path: ['^apps/hub/src/generated/', npm('@prisma/[^/]+', 'pg')] },
    },
    {
      name: 'entities-without-client',
      comment:
        'an entity turns a row into what goes over the wire: it knows the type of the row only (rule 2)',
      severity: 'error',
      from: { path: '^apps/hub/src/.*\\.entity\\.ts$' },
      to: { path: '^apps/hub/src/generated/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'repository-by-service',
      comment: 'controllers and gateways ask a service, never a repository (rule 2)',
      severity: 'error',
      from: { path: '\\.(controller|gateway)\\.ts$' },
      to: { path: '\\.repository\\.ts$' },
    },
    {
      name: 'feature-by-service',
      comment: 'the repositories, controllers and gateways of a feature are its own (rule 2)',
      severity: 'error',
      from: { path: '^apps/hub/src/([^/]+)/', pathNot: [noSpec, '/testing/'] },
      to: {
        path: '^apps/hub/src/[^/]+/.*\\.(repository|controller|gateway)\\.ts$',
        pathNot: '^apps/hub/src/$1/',
      },
    },
    {
      name: 'platform-below-features',
      comment:
        'platform serves every feature and knows none but auth and audit, which guard every door (rule 2)',
      severity: 'error',
      from: { path: '^apps/hub/src/platform/', pathNot: [noSpec, '/testing/'] },
      to: {
        path: '^apps/hub/src/(hosts|sessions|terminal|telemetry|projects|profiles|live|daemon-link)/',
        dependencyTypesNot: ['type-only'],
      },
    },

    // 3. Web: routes -> features -> ui, lib; features apart from each other, the terminal excepted.
    {
      name: 'features-apart',
      comment: 'a feature never imports another, features/terminal excepted (rule 3)',
      severity: 'error',
      from: { path: '^apps/web/src/features/([^/]+)/' },
      to: { path: '^apps/web/src/features/', pathNot: '^apps/web/src/features/($1|terminal)/' },
    },
    {
      name: 'features-below-routes',
      comment: 'features do not know the pages that use them (rule 3)',
      severity: 'error',
      from: { path: '^apps/web/src/features/' },
      to: { path: '^apps/web/src/routes/' },
    },
    {
      name: 'ui-and-lib-below',
      comment: 'ui and lib know neither features nor routes (rule 3)',
      severity: 'error',
      from: { path: '^apps/web/src/(ui|lib)/' },
      to: { path: '^apps/web/src/(features|routes)/' },
    },

    // 4. Pure cores have no IO.
    {
      name: 'pure-cores',
      comment: 'a pure core imports no IO (rule 4)',
      severity: 'error',
      from: { path: pureCores, pathNot: noSpec },
      to: { dependencyTypes: builtin, pathNot: '^(node:)?(buffer|crypto)$' },
    },

    // One import site for each thing that could otherwise spread.
    singleSite(
      'one-socket-server',
      ['socket\\.io'],
      '^apps/hub/src/platform/ws/',
      'only platform/ws imports the Socket.IO server',
    ),
    singleSite(
      'one-socket-client',
      ['socket\\.io-client'],
      '^apps/(daemon/src/link|web/src/lib)/',
      'only daemon link/ and web lib/ import the Socket.IO client',
    ),
    singleSite(
      'one-pty',
      ['node-pty', '@lydell/node-pty'],
      '^apps/daemon/src/keeper/pty\\.ts$',
      'only keeper/pty.ts imports node-pty',
    ),
    singleSite('one-git', ['simple-git'], '^apps/daemon/src/git/', 'only daemon git/ imports simple-git'),
    singleSite(
      'one-emulator',
      ['@xterm/(?!headless)[^/]+'],
      '^apps/(web/src/features/terminal/(xterm-host|renderer|small-type)[^/]*|daemon/src/terminal/screen/[^/]+)\\.tsx?$',
      'only the parts that own the emulator import it: in the browser, and on the host',
    ),
    {
      name: 'keeper-alone',
      comment:
        'the keeper is a bundle of its own and must outlive an upgrade: keeper/, protocol and kit only',
      severity: 'error',
      from: {
        path: '^apps/daemon/src/keeper/',
        pathNot: [noSpec, 'keeper-(client|launcher|connection)[^/]*\\.ts$'],
      },
      to: { path: '^apps/daemon/src/', pathNot: '^apps/daemon/src/keeper/' },
    },

    {
      name: 'no-dev-packages',
      comment: 'what runs for users must be a dependency, not a devDependency',
      severity: 'error',
      from: {
        path: '^(packages|apps/(hub|daemon))/[^/]*/?src/',
        pathNot: [noSpec, '/testing/', '\\.config\\.'],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^apps/hub/src/generated/'] },
    exclude: { path: ['/dist/', '/dist-types/', '\\.config\\.ts$', '/fixtures/'] },
    // Type-only imports count: they tie files together just the same.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '.css'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
    reporterOptions: { text: { highlightFocused: true } },
  },
};
