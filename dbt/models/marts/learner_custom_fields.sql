-- The columns depend on the account, so they are read when the model is built.
{%- set columns = [] %}
{%- if execute %}
    {%- set relation = adapter.get_relation(ref('int_custom_fields').database, ref('int_custom_fields').schema, ref('int_custom_fields').identifier) %}
    {%- if relation %}
        {%- set columns = run_query('select custom_field_id, column_name from ' ~ relation ~ ' order by position').rows %}
    {%- endif %}
{%- endif %}
{%- set selected = ['users.user_id'] %}
{%- for id, name in columns %}
    {%- do selected.append('max(case when filled.custom_field_id = ' ~ literal(id) ~ ' then filled.value end) as ' ~ adapter.quote(name)) %}
{%- endfor %}
-- {{ ref('int_custom_fields') }}
select
    {{ selected | join(',\n    ') }}
from {{ ref('stg_users') }} as users
left join {{ ref('stg_user_custom_field_values') }} as filled on users.user_id = filled.user_id
group by users.user_id
