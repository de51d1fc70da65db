{{ stage('custom_links', key=['_id'], columns=[
    ['_id', 'custom_link_id', 'id'],
    ['name', 'name', 'text'],
    ['order', 'position', 'integer'],
    ['type', 'code', 'id'],
    ['iconName', 'icon_name', 'text'],
], used=false) }}
