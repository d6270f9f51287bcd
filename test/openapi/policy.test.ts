import t from 'tap'
import { policyFault } from '../../src/openapi/policy.ts'

const allow = {
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: 'execute-api:/*',
}
const isOpen = (policy: unknown): boolean =>
  policyFault({ 'x-amazon-apigateway-policy': policy }) === undefined

t.test('a policy that lets everybody call everything asks for nothing', async (t) => {
  t.equal(policyFault({}), undefined)
  const statements: readonly unknown[] = [
    allow,
    [allow],
    [{ ...allow, Sid: 'a', Condition: {} }],
    [{ ...allow, Principal: { AWS: '*' } }],
    [{ ...allow, Principal: { AWS: ['*'] } }],
    [{ ...allow, Action: '*' }],
    [{ ...allow, Action: ['execute-api:*'] }],
    [{ ...allow, Resource: '*' }],
    [{ ...allow, Resource: ['execute-api:/*/*/*'] }],
    [{ ...allow, Resource: 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*' }],
    [{ ...allow, Condition: { IpAddress: {} } }, allow],
  ]
  for (const Statement of statements)
    t.ok(isOpen({ Version: '2012-10-17', Statement }), JSON.stringify(Statement))
})

t.test('any other denies', async (t) => {
  const policies: readonly unknown[] = [
    null,
    {},
    'text',
    JSON.stringify({ Statement: [allow] }),
    { Statement: [] },
    { Statement: [{ ...allow, Effect: 'Deny' }] },
    { Statement: [allow, { ...allow, Effect: 'Deny', Condition: { NotIpAddress: {} } }] },
    { Statement: [allow, 5] },
    { Statement: [{ ...allow, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }] },
    { Statement: [{ ...allow, NotPrincipal: { AWS: 'a' } }] },
    { Statement: [{ ...allow, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }] },
    { Statement: [{ ...allow, Principal: undefined }] },
    { Statement: [{ ...allow, Action: 's3:*' }] },
    { Statement: [{ ...allow, Resource: 'execute-api:/prod/GET/*' }] },
    { Statement: [{ ...allow, Resource: [5] }] },
  ]
  for (const policy of policies) t.notOk(isOpen(policy), JSON.stringify(policy))
  t.strictSame(policyFault({ 'x-amazon-apigateway-policy': {} }), {
    pointer: '/x-amazon-apigateway-policy',
    message:
      'the resource policy restricts who may call the API, and the gate evaluates none: every operation is imported as DENY',
  })
})
