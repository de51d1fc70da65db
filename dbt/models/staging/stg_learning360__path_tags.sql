{{ stage('path_tags', key=['pathId', 'tagId', 'source'], columns=[
    ['pathId', 'path_id', 'id'],
    ['tagId', 'tag_id', 'id'],
    ['source', 'source', 'id'],
], used=false) }}
