import { App, Form, InputNumber, Radio, Segmented } from 'antd'
import { useNavigate } from 'react-router'
import { FormDrawer } from '@/kit/drawer'
import { useWords } from '@/kit/lang'
import { useClusterOptions, useStartClustering } from '../queries'
import type { ClusteringWish } from '../wire'
import { clusterWords } from '../words'

interface Wish {
  method: 'kmeans' | 'mixture'
  by: 'auto' | 'fixed'
  k: number
  k_min: number
  k_max: number
  seed: number
  months: number
  rates: Record<string, number>
}

const fewest = 2
const most = 12
const mostMonths = 12
const mostSeed = 2_147_483_647
const mostRate = 10_000
const initial: Wish = { method: 'kmeans', by: 'auto', k: 6, k_min: 4, k_max: 9, seed: 1, months: 5, rates: {} }

/** What a new run is asked for. */
export function StartDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords(clusterWords)
  const [form] = Form.useForm<Wish>()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const start = useStartClustering()
  const submit = (wish: Wish) =>
    start.mutate(bodyOf(wish), {
      onSuccess: (begun) => {
        void message.success(words.started)
        onClose()
        void navigate(`/clusters/${begun.id}`)
      },
    })
  return (
    <FormDrawer<Wish>
      open={open}
      title={words.start}
      form={form}
      initial={initial}
      submitWord={words.starting}
      busy={start.isPending}
      error={start.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="method" label={words.method}>
        <Radio.Group
          options={(['kmeans', 'mixture'] as const).map((value) => ({
            value,
            label: `${words.methods[value] ?? value}（${words.methodHints[value] ?? ''}）`,
          }))}
          vertical
        />
      </Form.Item>
      <Numbers />
      <Form.Item name="months" label={words.months}>
        <InputNumber min={0} max={mostMonths} precision={0} />
      </Form.Item>
      <Form.Item name="seed" label={words.seed} extra={words.seedHint}>
        <InputNumber min={0} max={mostSeed} precision={0} />
      </Form.Item>
      <Rates open={open} />
    </FormDrawer>
  )
}

function Numbers() {
  const words = useWords(clusterWords)
  const by = Form.useWatch<Wish['by'] | undefined>('by')
  return (
    <>
      <Form.Item name="by" label={words.k}>
        <Segmented
          options={[
            { value: 'auto', label: words.auto },
            { value: 'fixed', label: words.fixed },
          ]}
        />
      </Form.Item>
      {by === 'fixed' ? (
        <Form.Item name="k">
          <InputNumber min={fewest} max={most} precision={0} aria-label={words.k} />
        </Form.Item>
      ) : (
        <Form.Item label={words.range}>
          <span className="lk-row">
            <Form.Item name="k_min" noStyle>
              <InputNumber min={fewest} max={most} precision={0} aria-label={words.range} />
            </Form.Item>
            {words.rangeTo}
            <Form.Item name="k_max" noStyle>
              <InputNumber min={fewest} max={most} precision={0} aria-label={words.range} />
            </Form.Item>
          </span>
        </Form.Item>
      )}
    </>
  )
}

function Rates({ open }: { open: boolean }) {
  const words = useWords(clusterWords)
  const options = useClusterOptions(open)
  if (!options.data) return null
  return (
    <fieldset className="lk-stack">
      <legend className="lk-strong">{words.rates}</legend>
      <p className="lk-small lk-soft">{words.ratesHint}</p>
      {options.data.earnings.map((line) => (
        <Form.Item key={line.tag} name={['rates', line.tag]} label={line.label} initialValue={line.rate_bp}>
          <InputNumber min={0} max={mostRate} precision={0} suffix={words.rateUnit} style={{ width: '100%' }} />
        </Form.Item>
      ))}
    </fieldset>
  )
}

function bodyOf({ method, by, k, k_min, k_max, seed, months, rates }: Wish): ClusteringWish {
  const low = Math.min(k_min, k_max)
  const high = Math.max(k_min, k_max)
  return { method, k: by === 'fixed' ? k : null, k_min: low, k_max: high, seed, months, rates }
}
