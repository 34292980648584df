import { useNavigate } from 'react-router'
import { useAddress } from '@/kit/address'
import { useColumns } from '@/kit/columns'
import { Empty } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Page, Panel } from '@/kit/page'
import { useSignedIn } from '@/kit/actor'
import { DataTable } from '@/kit/table'
import { useCustomerColumns } from './parts/columns'
import { Filters } from './parts/filters'
import { Views } from './parts/views'
import { useCustomers } from './queries'
import { filterNames, queryOf } from './views'
import { customerWords } from './words'

/** 我的客户: the book of a relationship manager, or the customers of a branch. */
export function CustomersPage() {
  const words = useWords(customerWords)
  const navigate = useNavigate()
  const { scope } = useSignedIn()
  const [address, change] = useAddress()
  const own = scope === 'book'
  const rows = useCustomers(queryOf(address))
  const all = useCustomerColumns(own)
  const columns = useColumns(all)
  const filtered = filterNames.some((name) => name !== 'sort' && address.get(name))
  const clear = () => change(Object.fromEntries(filterNames.map((name) => [name, undefined])))
  const empty = own ? (
    <Empty title={words.emptyBook} hint={words.emptyBookHint} />
  ) : (
    <Empty title={words.empty} hint={words.emptyHint} />
  )
  return (
    <Page title={own ? words.mine : words.all}>
      <Views />
      <Panel flush>
        <Filters own={own} all={all} filtered={filtered} onClear={clear} />
        <DataTable
          label={words.all}
          rows={rows}
          columns={columns}
          rowKey={(row) => row.customer_no}
          keyboard
          onOpen={(row) => void navigate(`/customers/${row.customer_no}`)}
          filtered={filtered}
          onClearFilters={clear}
          empty={empty}
        />
      </Panel>
    </Page>
  )
}
