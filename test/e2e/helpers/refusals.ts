// API Gateway's answers as the end-to-end tests expect them, written out here rather than taken from
// the gate's own tables.
import type { Refused } from './cases.ts'

export type Place = Pick<Refused, 'route' | 'authorizer'>

/** 401: no token, or one that does not hold. */
export const unauthorized = (place: Place, denial: string): Refused => ({
  ...place,
  denial,
  status: 401,
  errorType: 'UnauthorizedException',
  body: '{"message":"Unauthorized"}',
})

/** 401 with the message that API Gateway has for a token past its time. */
export const expired = (place: Place): Refused => ({
  ...unauthorized(place, 'token_expired'),
  body: '{"message":"The incoming token has expired"}',
})

/** 403: a good token of somebody who may not. The capital letter is API Gateway's. */
export const denied = (place: Place, denial: string): Refused => ({
  ...place,
  denial,
  status: 403,
  errorType: 'AccessDeniedException',
  body: '{"Message":"User is not authorized to access this resource"}',
})

/** 403: no route takes the path and method. */
export const noRoute: Refused = {
  route: 'none',
  authorizer: 'none',
  denial: 'no_route',
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  body: '{"message":"Missing Authentication Token"}',
}

/** 400: a target that two readers could read differently. */
export const ambiguous: Refused = {
  route: 'none',
  authorizer: 'none',
  denial: 'target_ambiguous',
  status: 400,
  errorType: 'BadRequestException',
  body: '{"message":"Bad Request"}',
}
