import t from 'tap'
import { parseHttpExpression, parseRestExpression } from '../../src/config/expressions.ts'
import { isHttpValue, isRestValue } from '../../src/openapi/references.ts'

/** The configuration must take what is carried over. */
const scope = { stageVariables: { tenant: 'acme' }, hasError: false }

t.test('values of REST APIs', async (t) => {
  const good = [
    "'prod'",
    "''",
    'context.authorizer.claims.sub',
    'context.authorizer.claims.cognito:username',
    'context.requestId',
    'context.identity.sourceIp',
    'method.request.header.Accept-Language',
    'method.request.multivalueheader.Accept',
    'method.request.querystring.page',
    'method.request.multivaluequerystring.page',
    'method.request.path.orderId',
    'stageVariables.tenant',
  ]
  for (const text of good) {
    t.ok(isRestValue(text), text)
    t.ok(parseRestExpression(text, scope).ok, text)
  }
  const bad = [
    '',
    'prod',
    "'it's'",
    "'é'",
    "'open",
    'method.request.body',
    'method.request.body.name',
    'method.request.header.',
    'method.response.header.A',
    'context.authorizer.principalId',
    'context.error.message',
    'context.identity.cognitoIdentityId',
    'context.',
    'stageVariables.',
    'integration.request.header.A',
    '$request.header.A',
  ]
  for (const text of bad) t.notOk(isRestValue(text), text)
})

t.test('values of HTTP APIs', async (t) => {
  const good = [
    '',
    'prod',
    '$context.authorizer.claims.sub',
    '${context.authorizer.jwt.claims.sub}/x',
    '$request.header.accept-language $request.querystring.page',
    '$request.path',
    '$request.path.orderId',
    '$stageVariables.tenant',
  ]
  for (const text of good) {
    t.ok(isHttpValue(text), text)
    t.ok(parseHttpExpression(text, scope).ok, text)
  }
  const bad = [
    "'prod'",
    'context.requestId',
    'method.request.header.A',
    '$request.body.name',
    '$request.header',
    '$context.authorizer.principalId',
    '$response.header.A',
    'costs $5',
    'é',
    'a\nb',
  ]
  for (const text of bad) t.notOk(isHttpValue(text), text)
})
