/** What OCSF 1.9 demands of the classes that are used (docs/ocsf.md), as JSON Schema. */
const text = { type: 'string', minLength: 1 };
const number = (...values: number[]) => ({ type: 'integer', enum: values });
const object = (properties: object, required = Object.keys(properties)) => ({ type: 'object', properties, required });

const user = {
  ...object({ uid: text, name: text, type_id: number(0, 1, 2, 3, 4, 5, 99) }, []),
  anyOf: [{ required: ['uid'] }, { required: ['name'] }],
  additionalProperties: false,
};
const service = { ...object({ name: text }), additionalProperties: false };

const classOf = (
  classUid: number,
  categoryUid: number,
  activities: readonly number[],
  properties: object,
  optional: object = {},
) => {
  const base = {
    class_uid: number(classUid),
    category_uid: number(categoryUid),
    activity_id: number(...activities),
    type_uid: number(...activities.map((activity) => classUid * 100 + activity)),
    severity_id: number(0, 1, 2, 3, 4, 5, 6, 99),
    time: { type: 'integer', minimum: 1_000_000_000_000 },
    metadata: object({
      version: { const: '1.9.0' },
      product: object({ name: text, vendor_name: text }),
      uid: text,
      log_name: text,
    }),
    ...properties,
  };
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(base),
    properties: {
      ...base,
      status_id: number(0, 1, 2, 99),
      status_code: text,
      count: { type: 'integer', minimum: 2 },
      start_time: { type: 'integer', minimum: 1_000_000_000_000 },
      end_time: { type: 'integer', minimum: 1_000_000_000_000 },
      unmapped: { type: 'object' },
      ...optional,
    },
  };
};

export const ocsfClasses: Readonly<Record<number, object>> = {
  6003: classOf(
    6003,
    6,
    [0, 1, 2, 3, 4, 99],
    {
      actor: { ...object({ user }), additionalProperties: false },
      api: object({ operation: text, service, request: object({ uid: text }) }, ['operation']),
      src_endpoint: { ...object({ svc_name: text }), additionalProperties: false },
    },
    { resources: { type: 'array', items: object({ type: text, uid: text }) } },
  ),
  3002: classOf(3002, 3, [0, 1, 2, 3, 4, 5, 6, 7, 99], { user, service }, { auth_protocol: text }),
};
