import t from 'tap'
import { describeUnknownCommand, describeUnknownOption } from '../../src/commands/wrong-word.ts'

t.test('a command that is not there', async (t) => {
  const commands = ['serve', 'check', 'explain', 'import', 'demo']
  for (const [word, want] of [
    ['srve', 'unknown command "srve"; did you mean serve?'],
    ['chek', 'unknown command "chek"; did you mean check?'],
    ['gate.yaml', 'unknown command "gate.yaml"; did you mean --config gate.yaml?'],
    ['/etc/gate.YML', 'unknown command "/etc/gate.YML"; did you mean --config /etc/gate.YML?'],
    ['help', 'unknown command "help"; did you mean --help?'],
    ['restart-everything', 'unknown command "restart-everything"'],
  ] as const) {
    t.equal(describeUnknownCommand(word, commands), want)
  }
})

t.test('an option that is not there', async (t) => {
  for (const [option, want] of [
    ['--conifg', 'unknown option --conifg; did you mean --config?'],
    ['-c', 'unknown option -c; did you mean --config?'],
    ['-h', 'unknown option -h; did you mean --help?'],
    ['-V', 'unknown option -V; did you mean --version?'],
    ['-x', 'unknown option -x'],
    ['--completely-different', 'unknown option --completely-different'],
  ] as const) {
    t.equal(describeUnknownOption(option, ['config']), want)
  }
})
