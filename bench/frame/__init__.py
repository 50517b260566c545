"""What every benchmark needs: servers in processes of their own, load, a baseline, a table."""
