import { Alert, Checkbox, Form, Input, InputNumber } from 'antd'
import { StatusTag } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { ProductPick } from '@/kit/pickers'
import { useCheck, useInsist } from './queries'
import type { Checked, Insistence } from './wire'
import { sellingWords } from './words'

const cents = 100
const most = 10_000_000_000
const ref = /^[\w./:-]{1,80}$/

interface Fields {
  product_no: string
  amount: number
  told?: boolean
  evidence_ref?: string
}

const minor = (yuan: number) => Math.round(yuan * cents)

/** Records that a customer insists: first the check says what is against, then the signed warning, then a second person. */
export function InsistDrawer({ customerNo, onClose }: { customerNo: string; onClose: () => void }) {
  const words = useWords(sellingWords)
  const [form] = Form.useForm<Fields>()
  const product = Form.useWatch('product_no', form)
  const amount = Form.useWatch('amount', form)
  const check = useCheck()
  const insist = useInsist()
  const wanted = { customer_no: customerNo, product_no: product, amount: minor(amount ?? 0) }
  const asked = check.variables
  const same = asked !== undefined && asked.product_no === wanted.product_no && asked.amount === wanted.amount
  const said = same ? check.data : undefined
  const ready = said !== undefined && !said.fits && said.insistable
  const submit = (fields: Fields) => {
    if (insist.data) return onClose()
    if (!ready) return check.mutate(wanted)
    insist.mutate({ ...wanted, evidence_ref: (fields.evidence_ref ?? '').trim() })
  }
  return (
    <FormDrawer<Fields>
      open
      title={`${words.insist} · ${customerNo}`}
      form={form}
      busy={check.isPending || insist.isPending}
      error={insist.error ?? (same ? check.error : null)}
      submitWord={insist.data ? words.done : ready ? words.insist : words.checkIt}
      onSubmit={submit}
      onClose={onClose}
    >
      {insist.data ? (
        <Made made={insist.data} />
      ) : (
        <>
          <Form.Item>
            <Alert type="warning" showIcon title={words.insistHint} />
          </Form.Item>
          <Form.Item name="product_no" label={words.product} rules={[{ required: true, message: words.productNeeded }]}>
            <ProductPick autoFocus />
          </Form.Item>
          <Form.Item
            name="amount"
            label={words.amount}
            rules={[{ required: true, type: 'number', min: 0.01, message: words.amountNeeded }]}
          >
            <InputNumber className="lk-wide" min={0} max={most} precision={2} />
          </Form.Item>
          {said && <Said said={said} />}
          {ready && <Signed />}
        </>
      )}
    </FormDrawer>
  )
}

/** What the check found against the sale, and whether the customer may insist on it. */
function Said({ said }: { said: Checked }) {
  const words = useWords(sellingWords)
  if (said.fits) return <Alert type="success" showIcon title={words.fits} />
  return (
    <Form.Item>
      <Alert
        type={said.insistable ? 'warning' : 'error'}
        showIcon
        title={said.insistable ? words.canInsist : words.cannot}
        description={
          <ul className="lk-lines">
            {said.reasons.map((one) => (
              <li key={one.point}>
                <div>
                  {one.message}{' '}
                  <StatusTag tone={one.insistable ? 'primary' : 'bad'}>
                    {one.insistable ? words.insistable : words.notInsistable}
                  </StatusTag>
                </div>
                <div className="lk-small lk-remedy">{one.remedy}</div>
              </li>
            ))}
          </ul>
        }
      />
    </Form.Item>
  )
}

/** The separate warning: told, signed, and the number of what was signed. */
function Signed() {
  const words = useWords(sellingWords)
  const told = {
    validator: (_: unknown, value: boolean | undefined) =>
      value ? Promise.resolve() : Promise.reject(new Error(words.toldNeeded)),
  }
  return (
    <>
      <Form.Item name="told" valuePropName="checked" rules={[told]}>
        <Checkbox>{words.toldSeparately}</Checkbox>
      </Form.Item>
      <Form.Item
        name="evidence_ref"
        label={words.signedRef}
        rules={[{ required: true, pattern: ref, message: words.signedNeeded }]}
      >
        <Input placeholder={words.signedPlaceholder} />
      </Form.Item>
    </>
  )
}

/** The warning as it is kept, to be compared with the signed paper. */
function Made({ made }: { made: Insistence }) {
  const words = useWords(sellingWords)
  return (
    <div className="lk-stack">
      <Alert type="success" showIcon title={words.insistDone} />
      <Alert type="warning" title={words.warning} description={made.warning} />
      <span className="lk-soft">{words.warningHint}</span>
      <div className="lk-hash">{`${words.digest} ${made.warning_digest}`}</div>
    </div>
  )
}
