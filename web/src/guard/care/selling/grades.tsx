import { Alert, App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useMay } from '@/kit/actor'
import { Fact, Facts, RiskBadge } from '@/kit/badge'
import { FormDrawer } from '@/kit/drawer'
import { Empty, Loaded } from '@/kit/faces'
import { DateText } from '@/kit/figure'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { ProductPick } from '@/kit/pickers'
import { DataTable, type Column } from '@/kit/table'
import { kitWords } from '@/kit/words'
import { useGradeDrafts, useGrades, useProposeGrade, useSettleGrade } from './queries'
import { Verdict } from './verdict'
import type { Grade, ProductGrade } from './wire'
import { sellingWords } from './words'

const grades: Grade[] = ['R1', 'R2', 'R3', 'R4', 'R5']
const shortest = 4
const longest = 200

function GradeText({ level }: { level: Grade | null }) {
  return level ? <RiskBadge level={level} named /> : <span className="lk-none">—</span>
}

/** 产品评级: grades that wait for a second person, and the proposing of others. */
export function Grades() {
  const words = useWords(sellingWords)
  const may = useMay('suitability.edit')
  const [proposing, setProposing] = useState(false)
  const query = useGradeDrafts()
  const settle = useSettleGrade()
  const rows = { items: query.data, error: query.error, isPending: query.isPending, refetch: query.refetch }
  const columns: Column<ProductGrade>[] = [
    { key: 'product', title: words.product, card: 'title', render: (row) => row.product_no },
    { key: 'issuer', title: words.issuer, render: (row) => <GradeText level={row.issuer} /> },
    { key: 'distributor', title: words.distributor, render: (row) => <GradeText level={row.distributor} /> },
    { key: 'basis', title: words.basis, render: (row) => <span className="lk-reason">{row.basis}</span> },
    { key: 'at', title: words.madeAt, render: (row) => <DateText at={row.made_at} time /> },
    {
      key: 'act',
      title: '',
      card: 'figure',
      render: ({ product_no }) =>
        may && (
          <Verdict
            ask={words.approveGrade(product_no)}
            askAside={words.asideGrade(product_no)}
            busy={settle.isPending}
            settle={(approved) => settle.mutateAsync({ product_no, approved })}
          />
        ),
    },
  ]
  return (
    <Panel flush>
      <div className="lk-filters">
        <span className="lk-soft">{words.higher}</span>
        {may && (
          <span className="lk-filters-end">
            <Button type="primary" onClick={() => setProposing(true)}>
              {words.propose}
            </Button>
          </span>
        )}
      </div>
      <DataTable
        label={words.waiting}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.product_no}
        empty={<Empty title={words.noDrafts} hint={words.noDraftsHint} />}
      />
      {proposing && <GradeDrawer onClose={() => setProposing(false)} />}
    </Panel>
  )
}

interface Fields {
  product_no: string
  issuer?: Grade
  distributor?: Grade
  basis: string
}

function GradeDrawer({ onClose }: { onClose: () => void }) {
  const words = useWords(sellingWords)
  const kit = useWords(kitWords)
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const product = Form.useWatch('product_no', form)
  const propose = useProposeGrade()
  const options = grades.map((value) => ({ value, label: `${value} ${kit.productRiskNames[value] ?? ''}` }))
  const submit = ({ product_no, issuer, distributor, basis }: Fields) =>
    propose.mutate(
      { product_no, issuer: issuer ?? null, distributor: distributor ?? null, basis: basis.trim() },
      {
        onSuccess: () => {
          void message.success(words.proposed)
          onClose()
        },
      },
    )
  const oneAtLeast = {
    validator: () =>
      form.getFieldValue('issuer') || form.getFieldValue('distributor')
        ? Promise.resolve()
        : Promise.reject(new Error(words.gradeNeeded)),
  }
  return (
    <FormDrawer<Fields>
      open
      title={words.propose}
      form={form}
      busy={propose.isPending}
      error={propose.error}
      submitWord={words.propose}
      onSubmit={submit}
      onClose={onClose}
    >
      <Form.Item name="product_no" label={words.product} rules={[{ required: true, message: words.productNeeded }]}>
        <ProductPick autoFocus />
      </Form.Item>
      {product && <Present productNo={product} />}
      <Form.Item name="issuer" label={words.issuer}>
        <Select allowClear options={options} />
      </Form.Item>
      <Form.Item
        name="distributor"
        label={words.distributor}
        dependencies={['issuer']}
        rules={[oneAtLeast]}
        extra={words.higher}
      >
        <Select allowClear options={options} />
      </Form.Item>
      <Form.Item
        name="basis"
        label={words.basis}
        rules={[{ required: true, whitespace: true, min: shortest, max: longest, message: words.basisNeeded }]}
      >
        <Input.TextArea rows={3} maxLength={longest} showCount />
      </Form.Item>
    </FormDrawer>
  )
}

/** The grade in force of the chosen product, and whether a draft waits already. */
function Present({ productNo }: { productNo: string }) {
  const words = useWords(sellingWords)
  const query = useGrades(productNo)
  return (
    <Form.Item label={words.inForceGrade}>
      <Loaded query={query} small>
        {(found) => {
          const live = found.find((one) => one.state === 'live')
          return (
            <div className="lk-stack">
              {live ? (
                <Facts columns={2}>
                  <Fact name={words.issuer}>
                    <GradeText level={live.issuer} />
                  </Fact>
                  <Fact name={words.distributor}>
                    <GradeText level={live.distributor} />
                  </Fact>
                </Facts>
              ) : (
                <span className="lk-soft">{words.noGrade}</span>
              )}
              {found.some((one) => one.state === 'draft') && <Alert type="warning" showIcon title={words.replaces} />}
            </div>
          )
        }}
      </Loaded>
    </Form.Item>
  )
}
