{#- Shows every warning with its sentence, in the log of `dbt build`, and counts them. -#}
{{ config(severity='warn') }}
{%- set model = ref('learning360__warnings') %}
{%- if execute and adapter.get_relation(database=model.database, schema=model.schema, identifier=model.identifier) %}
    {%- for message in run_query("select distinct message from " ~ model ~ " where level = 'warning' order by message").columns[0].values() %}
        {%- do exceptions.warn(message) %}
    {%- endfor %}
    {%- for message in run_query("select distinct message from " ~ model ~ " where level = 'note' order by message").columns[0].values() %}
        {%- do log('Note: ' ~ message, info=true) %}
    {%- endfor %}
{%- endif %}
select message from {{ model }} where level = 'warning'
