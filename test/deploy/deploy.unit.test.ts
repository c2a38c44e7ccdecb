/** The files to deploy say what the product says: its variables, its port, its routes, its commands; and nothing runs as root. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { createDatabaseSql, prepareDatabaseSql } from '../../src/database/deployment/roles';
import { configurationFindings } from '../../src/doctor/configuration';
import { projectRoot, readEnv, variableNames } from '../../src/env';

const read = (...place: string[]) => readFileSync(path.join(projectRoot, ...place), 'utf8');
const folder = 'deploy/kubernetes';
const manifestFiles = readdirSync(path.join(projectRoot, folder)).filter((name) => name !== 'kustomization.yaml');

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [probe: string]: unknown;
}
interface Pod {
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
}
/** What of a manifest is looked at. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector: unknown;
    readonly minAvailable?: number;
    readonly replicas?: number;
    readonly ports?: readonly { readonly targetPort: string }[];
    readonly bootstrap?: { readonly initdb: { readonly postInitApplicationSQL: readonly string[] } };
    readonly template: { readonly metadata: { readonly labels: unknown }; readonly spec: Pod };
  };
}
const manifests = manifestFiles.flatMap((name) =>
  parseAllDocuments(read(folder, name), { strict: true, uniqueKeys: true }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  }),
);
const one = (kind: string, name?: string): Manifest => {
  const found = manifests.filter((each) => each.kind === kind && (!name || each.metadata.name === name));
  expect(found).toHaveLength(1);
  return found[0]!;
};
const workloads = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
}
const compose = parse(read('deploy/compose.yaml'), { strict: true }) as {
  readonly services: Readonly<Record<string, Service>>;
};
const containerfile = read('deploy/Containerfile');
const units = ['phaseledger.service', 'phaseledger-migrate.service'].map((name) => read('deploy', name));
const port = readEnv({}).port;

test('the manifests are what kustomize is told to apply', () => {
  const { resources } = parse(read(folder, 'kustomization.yaml')) as { resources: string[] };
  expect([...resources].sort()).toEqual([...manifestFiles].sort());
  expect(new Set(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size).toBe(manifests.length);
});

test('each variable is set, is a secret, or is left as it is, and no other is named', () => {
  const { data, metadata } = one('ConfigMap', 'phaseledger-settings');
  const listed = (name: string) => metadata.annotations![`phaseledger.example/${name}`]!.trim().split(/\s+/);
  const accounted = [...Object.keys(data!), ...listed('in-secrets'), ...listed('left-at-default')];
  expect(accounted.sort()).toEqual([...variableNames].sort());
  const named = workloads.flatMap(({ spec }) => spec.template.spec.containers.flatMap(({ env = [] }) => env));
  for (const { name } of named) expect(listed('in-secrets')).toContain(name);
  const inFiles = [
    ...containerfile.matchAll(/^ENV (.*)$/gm),
    ...units.flatMap((unit) => [...unit.matchAll(/^Environment=(.*)$/gm)]),
  ].flatMap(([, line]) => line!.split(' ').map((each) => each.split('=')[0]!));
  expect(inFiles.filter((name) => !variableNames.includes(name))).toEqual([]);
});

test('what is set there is accepted, and the doctor finds nothing in it', () => {
  const { data } = one('ConfigMap', 'phaseledger-settings');
  const url = (role: string) => `postgresql://${role}:x@phaseledger-db-rw/phaseledger?sslmode=require`;
  const env = readEnv({ ...data, DATABASE_URL: url('phaseledger_service'), DATABASE_OWNER_URL: url('phaseledger_owner') }); // prettier-ignore
  expect(configurationFindings(env)).toEqual([]);
});

test('everything listens on, and asks, the same port', () => {
  const { ports } = one('Deployment').spec.template.spec.containers[0]!;
  expect(one('ConfigMap', 'phaseledger-settings').data!.PORT).toBe(String(port));
  expect(ports).toEqual([{ name: 'http', containerPort: port }]);
  expect(one('Service').spec.ports!.map(({ targetPort }) => targetPort)).toEqual(['http']);
  expect(compose.services.server!.ports).toEqual([`127.0.0.1:${port}:${port}`]);
  expect(containerfile).toContain(`EXPOSE ${port}\n`);
  expect(containerfile).toContain(`PORT=${port} `);
});

test('probes ask for what is answered', () => {
  const routes = read('src/transport/server.ts');
  const container = one('Deployment').spec.template.spec.containers[0]!;
  for (const [probe, asks] of [
    ['startupProbe', '/health/live'],
    ['livenessProbe', '/health/live'],
    ['readinessProbe', '/health/ready'],
  ] as const) {
    expect(container[probe]).toMatchObject({ httpGet: { path: asks, port: 'http' } });
    expect(routes).toContain(`case '${asks}':`);
  }
  expect(containerfile).toContain(`+ '/health/live')`);
});

test('nothing of ours runs as root, or writes elsewhere than it has to', () => {
  expect(workloads).toHaveLength(2);
  for (const { spec } of workloads) {
    const { securityContext, containers, volumes } = spec.template.spec;
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } }); // prettier-ignore
    for (const container of containers) {
      expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } }); // prettier-ignore
      expect(container.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.map(({ name }) => name).sort());
    }
  }
  const ours = Object.values(compose.services).filter(({ image }) => image === 'phaseledger');
  expect(ours).toHaveLength(2);
  for (const service of ours)
    expect(service).toMatchObject({ user: '10001:10001', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }); // prettier-ignore
  expect([...containerfile.matchAll(/^USER (.*)$/gm)].at(-1)![1]).toBe('10001:10001');
  for (const unit of units)
    for (const line of ['DynamicUser=yes', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet='])
      expect(unit.split('\n')).toContain(line);
});

test('what is started is there, and what is copied into the image', () => {
  const commands = [
    ...workloads.flatMap(({ spec }) => spec.template.spec.containers.map(({ command = [] }) => command.join(' '))),
    ...Object.values(compose.services).map(({ command = [] }) => command.join(' ')),
    ...units.flatMap((unit) => [...unit.matchAll(/^ExecStart=(.*)$/gm)].map(([, line]) => line!)),
    containerfile,
  ];
  const started = new Set(commands.flatMap((command) => [...command.matchAll(/dist\/(src\/[\w/-]+)\.js/g)].map(([, file]) => file!))); // prettier-ignore
  expect([...started].sort()).toEqual(['src/cli/migrate', 'src/main']);
  for (const file of started) expect(existsSync(path.join(projectRoot, `${file}.ts`))).toBe(true);
  for (const [, sources] of containerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
    for (const source of sources!.split(' ')) expect(existsSync(path.join(projectRoot, source))).toBe(true);
});

test('a server goes only when others are there, and has the time to finish', () => {
  const deployment = one('Deployment').spec;
  const budget = one('PodDisruptionBudget').spec;
  expect(budget.selector).toEqual({ matchLabels: deployment.template.metadata.labels });
  expect(deployment.replicas!).toBeGreaterThan(budget.minAvailable!);
  expect(one('Service').spec.selector).toEqual(deployment.template.metadata.labels);
  expect(deployment.template.spec.terminationGracePeriodSeconds!).toBeGreaterThanOrEqual(30);
  expect(units[0]).toContain('RestartPreventExitStatus=78');
});

test("the operator's cluster is prepared with the statements of npm run migrate -- --print-roles-sql", () => {
  const { postInitApplicationSQL } = one('Cluster').spec.bootstrap!.initdb;
  const wanted = prepareDatabaseSql().split(/;\s*/).filter(Boolean);
  expect(postInitApplicationSQL).toEqual(expect.arrayContaining(wanted));
  expect(createDatabaseSql()).toContain(`"phaseledger" OWNER phaseledger_owner`);
});
