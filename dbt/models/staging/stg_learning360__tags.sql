{{ stage('tags', key=['_id'], columns=[
    ['_id', 'tag_id', 'id'],
    ['isMain', 'is_main', 'boolean'],
    ['name', 'name', 'text'],
    ['externalId', 'source_external_id', 'id'],
    ['source', 'source', 'id'],
], used=false) }}
