import { CheckOutlined } from '@ant-design/icons'
import { StatusTag } from '@/kit/badge'
import { Loaded } from '@/kit/faces'
import { useWords } from '@/kit/lang'
import { Panel } from '@/kit/page'
import { useRoles } from '../queries'
import type { RoleInfo } from '../wire'
import { orgWords } from '../words'

/** What each role may do: roles across, permissions down. */
export function Roles() {
  const query = useRoles()
  return (
    <Panel flush>
      <Loaded query={query}>{(roles) => <Matrix roles={roles} />}</Loaded>
    </Panel>
  )
}

function Matrix({ roles }: { roles: RoleInfo[] }) {
  const words = useWords(orgWords)
  const permissions = Object.keys(words.permissionNames)
  return (
    <div className="lk-matrix">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.permission}</th>
            {roles.map((role) => (
              <th key={role.role} scope="col">
                {words.roleNames[role.role] ?? role.role}
                {role.administrator && (
                  <div>
                    <StatusTag tone="gold">{words.administrator}</StatusTag>
                  </div>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{words.scope}</th>
            {roles.map((role) => (
              <td key={role.role}>{words.scopes[role.scope] ?? role.scope}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{words.clearFields}</th>
            {roles.map((role) => (
              <td key={role.role}>
                {role.clear_fields.map((field) => words.fields[field] ?? field).join(' ') || (
                  <span className="lk-faint">{words.allMasked}</span>
                )}
              </td>
            ))}
          </tr>
          {permissions.map((permission) => (
            <tr key={permission}>
              <th scope="row">{words.permissionNames[permission]}</th>
              {roles.map((role) => (
                <td key={role.role}>
                  {role.permissions.some((one) => one === permission) && <CheckOutlined aria-label={words.granted} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
