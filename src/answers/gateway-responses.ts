// Puts an operator's gateway response in place of the built-in answer: own status, headers and body.
// Compiled when the gate starts; an answer that no gateway response is for is passed through.
import type { Answer, AnswerContext } from '../core/answer.ts'
import { evaluate, type ContextName, type RequestView } from '../core/expression.ts'
import type {
  GatewayResponse,
  GatewayResponses,
  GatewayResponseType,
  ResponseHeader,
} from '../core/gateway-response.ts'
import { headerText, receivedText } from './escape.ts'
import { compileBodies, type ChooseBody } from './template.ts'

/** A refusal in API Gateway's own words. */
export interface BuiltIn {
  /** Which gateway response can change the answer; undefined: none can. */
  readonly type: GatewayResponseType | undefined
  readonly status: number
  /** Value of `x-amzn-ErrorType`; undefined where API Gateway sends none. */
  readonly errorType: string | undefined
  /** `$context.error.message` */
  readonly message: string
  readonly contentType: string
  readonly body: string
}

/** The answer that a client gets: the one handed in, or what a gateway response makes of it. */
export type Customise = (builtIn: BuiltIn, answer: Answer, context: AnswerContext) => Answer

interface Compiled extends GatewayResponse {
  /** Undefined keeps the built-in body. */
  readonly chooseBody: ChooseBody | undefined
}

/**
 * Compiles gateway responses. A type's own entry is taken, else that of its class, else none: an own
 * entry takes nothing from DEFAULT_4XX or DEFAULT_5XX, and what it does not say stays built-in.
 */
export const compileGatewayResponses = (responses: GatewayResponses): Customise => {
  const compiled = new Map(
    Object.entries(responses).map(([type, response]) => [
      type,
      { ...response, chooseBody: compileBodies(response.templates) },
    ]),
  )
  return (builtIn, answer, context) => {
    const response = compiled.size === 0 ? undefined : responseFor(builtIn, compiled)
    if (response === undefined) return answer
    return customised(response, answer, errorView(builtIn, context.view()))
  }
}

const responseFor = (
  { type, status }: BuiltIn,
  compiled: ReadonlyMap<string, Compiled>,
): Compiled | undefined => {
  // Of the second one API Gateway keeps its own answer, whatever is configured.
  if (type === undefined || type === 'REQUEST_TOO_LARGE') return undefined
  return compiled.get(type) ?? compiled.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX')
}

type Line = readonly [name: string, value: string]

const customised = (response: Compiled, answer: Answer, view: RequestView): Answer => {
  const chosen = response.chooseBody?.(view)
  const lines = [
    ...linesOf(answer.headers),
    ...(chosen === undefined ? [] : [['Content-Type', chosen.contentType] as const]),
    ...response.headers.flatMap((header) => evaluateLine(header, view)),
  ]
  return {
    status: response.status ?? answer.status,
    headers: oncePerName(lines).flat(),
    body: chosen?.fill(view) ?? answer.body,
  }
}

const evaluateLine = ({ name, value }: ResponseHeader, view: RequestView): readonly Line[] => {
  const text = evaluate(value, view)
  return text === undefined ? [] : [[name, headerText(text)]]
}

const linesOf = (headers: readonly string[]): readonly Line[] =>
  headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, headers[index + 1] as string] as const] : [],
  )

/** A later line takes the place of an earlier one of its name. */
const oncePerName = (lines: readonly Line[]): readonly Line[] => [
  ...new Map(lines.map((line) => [line[0].toLowerCase(), line])).values(),
]

type ErrorName = Extract<ContextName, `error.${string}`>

/** The request together with what is wrong with it. */
const errorView = ({ type, message }: BuiltIn, view: RequestView): RequestView => {
  const error: Readonly<Record<ErrorName, string | undefined>> = {
    'error.message': message,
    'error.messageString': JSON.stringify(message),
    'error.responseType': type,
    // Requests are not validated against models here.
    'error.validationErrorString': undefined,
  }
  const isErrorName = (name: ContextName): name is ErrorName => Object.hasOwn(error, name)
  return {
    ...view,
    header: (name) => receivedText(view.header(name)),
    context: (name) => {
      if (isErrorName(name)) return error[name]
      const value = view.context(name)
      return name === 'identity.userAgent' ? receivedText(value) : value
    },
  }
}
