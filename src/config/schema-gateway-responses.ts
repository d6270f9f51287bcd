// The keys of an entry of `gatewayResponses`, in API Gateway's words.
import type { Table } from './leaf.ts'

export const gatewayResponseTable = {
  statusCode: {
    doc: "The status to answer with, as a number or as text: 400 to 599, or 301, 302, 303, 307 or 308 for a redirect. Without it the type's own.",
    format: 'status',
    default: null,
  },
  responseParameters: {
    doc: "Headers of the answer: gatewayresponse.header.NAME and what it carries, 'text' in single quotes, method.request.header.NAME, method.request.querystring.NAME, method.request.path.NAME, context.NAME or stageVariables.NAME. A header of the built-in answer is replaced.",
    format: 'text-map',
    default: {},
  },
  responseTemplates: {
    doc: "The body by content type, with $context.NAME, $stageVariables.NAME and $method.request.header.NAME and the like in it; $context.error.messageString is the built-in message as a quoted JSON string. Without any the type's own.",
    format: 'template-map',
    default: {},
  },
} as const satisfies Table
